package dev.tramontane.server;

import dev.tramontane.wire.Fields;

/// `POST /v1/chat/completions/control`: `{"id","action":"reasoning_end"}` ends the thinking of an
/// answer that is being written, so that its text follows. The id is that of its chunks.
record ControlEndpoint(RunningAnswers running) implements Endpoint {
    @Override
    public void answer(Exchange exchange) {
        var body = new Fields(exchange.json(), "");
        String id = body.requiredText("id");
        if (!body.requiredText("action").equals("reasoning_end")) {
            throw body.unexpected("action", "reasoning_end");
        }
        running.find(id, exchange.caller())
                .orElseThrow(() -> RefusedException.noAnswer(id))
                .answerNow();
        exchange.send(Json.object().put("id", id).put("success", true));
    }
}
