package dev.tramontane.wire;

import dev.tramontane.chat.TokenScore;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;

/// Log-probabilities as the chat API tells them: `{"content":[{"token","logprob","bytes",
/// "top_logprobs":[…]}],"refusal":null}`.
final class Scores {
    /// JSON has no infinity: what is impossible is as unlikely as this, as OpenAI has it.
    private static final float LEAST = -9999;

    private Scores() {}

    static void write(ObjectNode choice, List<TokenScore> scores) {
        ObjectNode logprobs = choice.putObject("logprobs");
        ArrayNode content = logprobs.putArray("content");
        for (TokenScore score : scores) {
            ObjectNode token = content.addObject();
            write(token, score);
            ArrayNode top = token.putArray("top_logprobs");
            score.top().forEach(each -> write(top.addObject(), each));
        }
        logprobs.putNull("refusal");
    }

    static float finite(float logprob) {
        return Math.max(logprob, LEAST);
    }

    private static void write(ObjectNode into, TokenScore score) {
        into.put("token", score.text());
        into.put("logprob", finite(score.logprob()));
        ArrayNode bytes = into.putArray("bytes");
        for (byte each : score.bytes()) {
            bytes.add(Byte.toUnsignedInt(each));
        }
    }
}
