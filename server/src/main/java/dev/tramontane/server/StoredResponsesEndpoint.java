package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Responses that were told, or are being told: `/v1/responses/{id}` and what is below it. Whoever
/// asks knows but their own.
record StoredResponsesEndpoint(
        ResponseStore store, Running<ObjectNode> running, RunningAnswers answers) {
    private static final int MOST_ITEMS = 100;
    private static final int USUAL_ITEMS = 20;

    /// `GET /v1/responses/{id}`.
    void retrieve(Exchange exchange) {
        if (exchange.query("stream").orElse("false").equals("true")) {
            throw new InvalidRequestException(
                    "stream",
                    "found true, expected false, as only answers in the background could be joined; ask for the whole response");
        }
        exchange.send(find(exchange));
    }

    private ObjectNode find(Exchange exchange) {
        String id = exchange.pathPart("id");
        Caller caller = exchange.caller();
        return running.find(id, caller)
                .map(ObjectNode::deepCopy)
                .or(() -> store.find(caller.owner(), id))
                .orElseThrow(() -> RefusedException.noResponse(id));
    }

    /// `DELETE /v1/responses/{id}`.
    void delete(Exchange exchange) {
        String id = exchange.pathPart("id");
        if (running.find(id, exchange.caller()).isPresent()) {
            throw RefusedException.wrongState(
                    id, "is being written, expected one that has ended; cancel it first");
        }
        store.delete(exchange.caller().owner(), id);
        exchange.send(Json.object().put("id", id).put("object", "response").put("deleted", true));
    }

    /// `POST /v1/responses/{id}/cancel`: ends the answer where it is. Whoever waits for it is told
    /// what there was.
    void cancel(Exchange exchange) {
        String id = exchange.pathPart("id");
        ObjectNode response = find(exchange);
        running.find(id, exchange.caller())
                .flatMap(_ -> answers.find(id, exchange.caller()))
                .orElseThrow(
                        () ->
                                RefusedException.wrongState(
                                        id, "has ended, expected one that is being written"))
                .close();
        exchange.send(response.put("status", "cancelled"));
    }

    /// `GET /v1/responses/{id}/input_items`: what the request brought with it, page by page.
    void inputItems(Exchange exchange) {
        String id = exchange.pathPart("id");
        List<ObjectNode> items =
                new ArrayList<>(
                        store.inputs(exchange.caller().owner(), id)
                                .orElseThrow(() -> RefusedException.noResponse(id)));
        switch (exchange.query("order").orElse("desc")) {
            case "desc" -> Collections.reverse(items);
            case "asc" -> {}
            default -> throw Parameters.unexpected("order", exchange, "asc or desc");
        }
        int from = exchange.query("after").map(after -> behind(after, items)).orElse(0);
        int to =
                Math.min(
                        items.size(),
                        from + Parameters.integer(exchange, "limit", 1, MOST_ITEMS, USUAL_ITEMS));
        exchange.send(page(items.subList(from, to), to < items.size()));
    }

    private static int behind(String after, List<ObjectNode> items) {
        for (int i = 0; i < items.size(); i++) {
            if (id(items.get(i)).equals(after)) {
                return i + 1;
            }
        }
        throw new InvalidRequestException(
                "after",
                "found %s, expected the id of one of the items; begin without it"
                        .formatted(Printable.shortened(after)));
    }

    private static ObjectNode page(List<ObjectNode> items, boolean hasMore) {
        ObjectNode page = Json.object().put("object", "list");
        ArrayNode data = page.putArray("data");
        items.forEach(data::add);
        page.put("first_id", items.isEmpty() ? null : id(items.getFirst()));
        page.put("last_id", items.isEmpty() ? null : id(items.getLast()));
        return page.put("has_more", hasMore);
    }

    private static String id(ObjectNode item) {
        return item.path("id").stringValue();
    }
}
