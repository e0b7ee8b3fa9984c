package dev.tramontane.wire;

import dev.tramontane.chat.TokenScore;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Log-probabilities as the chat API tells them: `{"content":[{"token","logprob","bytes",
/// "top_logprobs":[…]}],"refusal":null}`.
final class Scores {
    /// JSON has no infinity: what is impossible is as unlikely as this, as OpenAI has it.
    private static final float LEAST = -9999;

    private static final int NO_ID = -1;

    private Scores() {}

    static void write(ObjectNode choice, List<TokenScore> scores) {
        ObjectNode logprobs = choice.putObject("logprobs");
        write(logprobs.putArray("content"), scores);
        logprobs.putNull("refusal");
    }

    /// The list alone.
    static void write(ArrayNode content, List<TokenScore> scores) {
        for (TokenScore score : scores) {
            ObjectNode token = content.addObject();
            write(token, score);
            ArrayNode top = token.putArray("top_logprobs");
            score.top().forEach(each -> write(top.addObject(), each));
        }
    }

    /// The same with the tokens' ids in front, as llama-server has them.
    ///
    /// @param drawn whether they are probabilities in a draw, which it tells as such
    static void writeWithIds(ArrayNode content, List<TokenScore> scores, boolean drawn) {
        for (TokenScore score : scores) {
            ObjectNode token = content.addObject();
            writeWithId(token, score, drawn);
            ArrayNode top = token.putArray(drawn ? "top_probs" : "top_logprobs");
            score.top().forEach(each -> writeWithId(top.addObject(), each, drawn));
        }
    }

    private static void writeWithId(ObjectNode into, TokenScore score, boolean drawn) {
        write(into.put("id", score.token()), score);
        if (drawn) {
            into.remove("logprob");
            into.put("prob", Math.exp(score.logprob()));
        }
    }

    /// What a server tells. Its tokens have no ids here.
    static List<TokenScore> read(JsonNode logprobs) {
        List<TokenScore> scores = new ArrayList<>();
        for (JsonNode token : logprobs.path("content")) {
            List<TokenScore> top = new ArrayList<>();
            for (JsonNode each : token.path("top_logprobs")) {
                if (top.size() < SamplingParams.MOST_LOGPROBS) {
                    read(each, List.of()).ifPresent(top::add);
                }
            }
            read(token, top).ifPresent(scores::add);
        }
        return scores;
    }

    private static Optional<TokenScore> read(JsonNode token, List<TokenScore> top) {
        JsonNode text = token.path("token");
        JsonNode logprob = token.path("logprob");
        if (!text.isString() || !logprob.isNumber()) {
            return Optional.empty();
        }
        byte[] bytes = bytes(token.path("bytes"), text.stringValue());
        return Optional.of(
                new TokenScore(
                        NO_ID, text.stringValue(), bytes, (float) logprob.doubleValue(), top));
    }

    private static byte[] bytes(JsonNode list, String text) {
        if (!list.isArray()) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes = new byte[list.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) list.path(i).asInt(0);
        }
        return bytes;
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
