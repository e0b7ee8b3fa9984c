package dev.tramontane.chat;

import dev.tramontane.sampling.SequenceBreakers;
import dev.tramontane.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Texts at which DRY takes a repetition to end, and the token sequences that spell them.
///
/// A text's beginning may be the end of a longer token, and a token that holds the whole text is a
/// breaker too: `."` breaks where `"` does. A text of several tokens is found where its rest is cut
/// as it is by itself, and not where it begins between the bytes of one character.
public record BreakerTexts(List<String> texts) {
    /// What one starts from, as elsewhere: a line's end, and marks of speech and emphasis.
    public static final BreakerTexts DEFAULT = new BreakerTexts(List.of("\n", ":", "\"", "*"));

    private static final int LONGEST_CHARS = 40;

    /// @throws InvalidRequestException when a text is empty or too long
    public BreakerTexts {
        texts = List.copyOf(texts);
        for (int i = 0; i < texts.size(); i++) {
            int length = texts.get(i).length();
            if (length < 1 || length > LONGEST_CHARS) {
                throw new InvalidRequestException(
                        "dry_sequence_breakers[" + i + "]",
                        "found %d characters, expected 1 to %d; shorten it or leave it out"
                                .formatted(length, LONGEST_CHARS));
            }
        }
    }

    /// All token sequences that spell one of the texts. Looks at the whole vocabulary.
    public SequenceBreakers in(Tokenizer tokenizer) {
        List<int[]> breakers = new ArrayList<>();
        for (int id = 0; id < tokenizer.vocab(); id++) {
            byte[] token = tokenizer.bytesOf(id);
            for (String text : texts) {
                addSpellings(id, token, text, tokenizer, breakers);
            }
        }
        return new SequenceBreakers(breakers);
    }

    private static void addSpellings(
            int id, byte[] token, String text, Tokenizer tokenizer, List<int[]> breakers) {
        if (indexOf(token, text.getBytes(StandardCharsets.UTF_8)) >= 0) {
            breakers.add(new int[] {id});
            return;
        }
        for (int cut = 1; cut < text.length(); cut++) {
            boolean splitsPair = Character.isLowSurrogate(text.charAt(cut));
            if (!splitsPair && endsWith(token, text.substring(0, cut))) {
                int[] rest = tokenizer.encode(text.substring(cut));
                int[] breaker = new int[1 + rest.length];
                breaker[0] = id;
                System.arraycopy(rest, 0, breaker, 1, rest.length);
                breakers.add(breaker);
            }
        }
    }

    private static boolean endsWith(byte[] token, String text) {
        byte[] end = text.getBytes(StandardCharsets.UTF_8);
        int from = token.length - end.length;
        return from >= 0 && Arrays.equals(token, from, token.length, end, 0, end.length);
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
