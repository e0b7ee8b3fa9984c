package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Damaged answers are read or refused, never anything else. `-Dtramontane.mutations=1000000` runs
/// the long form.
class HostileAnswersTest {
    private static final int MUTATIONS = Integer.getInteger("tramontane.mutations", 20_000);

    private static final List<String> EXCHANGES =
            List.of(
                    "openai.sse",
                    "openai-calls.sse",
                    "mistral.sse",
                    "mistral-calls.sse",
                    "llama-server.sse",
                    "marks-in-text.sse",
                    "whole.json",
                    "several.json");

    /// What JSON and events are made of, to be put where it does not belong.
    private static final List<String> TOKENS =
            List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "null",
                    "-1",
                    "1e999",
                    "\\ud800",
                    "\n",
                    "\r",
                    "data: ",
                    "[DONE]",
                    "</think>",
                    "[THINK]",
                    "\u0000",
                    "99999999999999999999");

    @Test
    void damaged_answers_are_read_or_refused() throws IOException {
        List<byte[]> answers = new ArrayList<>();
        for (String name : EXCHANGES) {
            answers.add(AnswerReaderTest.resource(name).getBytes(UTF_8));
        }
        var random = new SplittableRandom(5);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] answer = answers.get(random.nextInt(answers.size())).clone();
            for (int damages = 1 + random.nextInt(4); damages > 0; damages--) {
                answer = damaged(answer, random);
            }
            read += FuzzedAnswer.take(answer) ? 1 : 0;
        }
        assertTrue(read > MUTATIONS / 100 && read < MUTATIONS, read + " of " + MUTATIONS);
    }

    private static byte[] damaged(byte[] answer, SplittableRandom random) {
        if (answer.length == 0) {
            return answer;
        }
        int at = random.nextInt(answer.length);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(answer, at);
            case 1 -> {
                answer[at] = (byte) random.nextInt(256);
                yield answer;
            }
            case 2 ->
                    spliced(
                            answer,
                            at,
                            TOKENS.get(random.nextInt(TOKENS.size())).getBytes(UTF_8),
                            0);
            default ->
                    spliced(
                            answer,
                            at,
                            new byte[0],
                            Math.min(answer.length - at, random.nextInt(20)));
        };
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] inserted, int removed) {
        byte[] whole = new byte[bytes.length + inserted.length - removed];
        System.arraycopy(bytes, 0, whole, 0, at);
        System.arraycopy(inserted, 0, whole, at, inserted.length);
        System.arraycopy(
                bytes, at + removed, whole, at + inserted.length, bytes.length - at - removed);
        return whole;
    }

    @Test
    void deep_nesting_is_refused() {
        String deep = "{\"choices\":".repeat(100_000);
        assertThrows(AnswerReader.NonsenseException.class, () -> UpstreamRequests.parse(deep));
    }
}
