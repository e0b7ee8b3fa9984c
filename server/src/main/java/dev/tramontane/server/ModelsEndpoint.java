package dev.tramontane.server;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `GET /v1/models`, and one of them by its name or an alias.
record ModelsEndpoint(Models models) {
    void list(Exchange exchange) {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        models.all().forEach(model -> data.add(model.card()));
        exchange.send(list);
    }

    void one(Exchange exchange) {
        exchange.send(models.offer(exchange.pathPart("id")).card());
    }
}
