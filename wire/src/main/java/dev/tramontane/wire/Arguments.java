package dev.tramontane.wire;

import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// The arguments of calls, where an API wants them as JSON and not as text.
final class Arguments {
    private Arguments() {}

    /// What a model wrote, as it is where it is no JSON: nothing is lost.
    static JsonNode read(ToolCall call) {
        try {
            return UpstreamRequests.parse(call.arguments());
        } catch (AnswerReader.NonsenseException _) {
            return StringNode.valueOf(call.arguments());
        }
    }
}
