package dev.tramontane.train.nano;

import dev.tramontane.tokenizer.Tekken;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Learns the tokens of a byte-level vocabulary from text: byte-pair encoding (Sennrich, Haddow and
/// Birch 2016) inside the pieces that Tekken's expression cuts.
///
/// Again and again the bytes that two neighbours make most often become a token. Neighbours are
/// counted by what they make, not by how they are cut, since that is how Tekken joins: any two that
/// together are a token, the lowest rank first. So encoding a piece of the text repeats what was
/// learned on it. Of equals the lower bytes win; the order of the texts does not matter.
///
/// Generated text repeats itself: whole sentences of languages without spaces would become tokens
/// before some of their characters do. So tokens have a greatest length, and are whole characters
/// or a part of one, never both: a part beside a character would say of what follows what only
/// chance knows.
///
/// Bytes are held as the characters U+0000 to U+00FF of strings, which compare and join as bytes
/// should.
final class BytePairTrainer {
    private static final Pattern PIECE =
            Pattern.compile(Tekken.PATTERN, Pattern.UNICODE_CHARACTER_CLASS);

    /// What occurs once is no habit of the text.
    private static final long LEAST_OCCURRENCES = 2;

    /// Sixteen Latin letters, eight of Cyrillic, five of Chinese.
    private static final int LONGEST_TOKEN_BYTES = 16;

    private final Map<String, Long> pieces = new TreeMap<>();

    /// A piece on its way from bytes to tokens.
    private static final class Word {
        private final List<String> parts = new ArrayList<>();
        private final long occurrences;

        Word(String piece, long occurrences) {
            this.occurrences = occurrences;
            for (int i = 0; i < piece.length(); i++) {
                parts.add(piece.substring(i, i + 1));
            }
        }

        String joined(int first) {
            return parts.get(first) + parts.get(first + 1);
        }

        /// Joins all neighbours that make a token, from the left.
        void join(String token) {
            for (int i = 0; i + 1 < parts.size(); i++) {
                if (joined(i).equals(token)) {
                    parts.set(i, token);
                    parts.remove(i + 1);
                }
            }
        }
    }

    /// What neighbours make, how often, and in which words.
    private static final class Neighbours {
        private final Map<String, Long> occurrences = new HashMap<>();
        private final Map<String, Set<Word>> words = new HashMap<>();

        void add(Word word) {
            for (int i = 0; i + 1 < word.parts.size(); i++) {
                String made = word.joined(i);
                if (mayBeToken(made)) {
                    occurrences.merge(made, word.occurrences, Long::sum);
                    words.computeIfAbsent(made, _ -> new HashSet<>()).add(word);
                }
            }
        }

        void remove(Word word) {
            for (int i = 0; i + 1 < word.parts.size(); i++) {
                occurrences.computeIfPresent(
                        word.joined(i),
                        (_, count) -> count == word.occurrences ? null : count - word.occurrences);
            }
        }

        /// What is made most often; empty where nothing is often enough.
        String commonest() {
            String best = "";
            long most = LEAST_OCCURRENCES - 1;
            for (Map.Entry<String, Long> entry : occurrences.entrySet()) {
                long count = entry.getValue();
                if (count > most
                        || (count == most
                                && !best.isEmpty()
                                && entry.getKey().compareTo(best) < 0)) {
                    most = count;
                    best = entry.getKey();
                }
            }
            return best;
        }

        /// The words in which neighbours made it, and perhaps some that have changed since.
        Set<Word> wordsWith(String made) {
            Set<Word> found = words.remove(made);
            return found == null ? Set.of() : found;
        }
    }

    private static boolean mayBeToken(String bytes) {
        if (bytes.length() > LONGEST_TOKEN_BYTES) {
            return false;
        }
        byte[] token = bytes.getBytes(StandardCharsets.ISO_8859_1);
        String text = new String(token, StandardCharsets.UTF_8);
        boolean isText = Arrays.equals(token, text.getBytes(StandardCharsets.UTF_8));
        return isText || bytes.chars().skip(1).allMatch(BytePairTrainer::continues);
    }

    /// Whether a byte goes on with a character of UTF-8 (RFC 3629, section 3).
    private static boolean continues(int octet) {
        return (octet & 0xC0) == 0x80;
    }

    /// Counts a text's pieces.
    void add(String text) {
        Matcher piece = PIECE.matcher(text);
        while (piece.find()) {
            byte[] bytes = piece.group().getBytes(StandardCharsets.UTF_8);
            pieces.merge(new String(bytes, StandardCharsets.ISO_8859_1), 1L, Long::sum);
        }
    }

    /// The tokens of two bytes and more, in the order of their ranks.
    ///
    /// @param most how many; fewer where the text has no more to teach
    List<byte[]> tokens(int most) {
        var neighbours = new Neighbours();
        pieces.forEach((piece, occurrences) -> neighbours.add(new Word(piece, occurrences)));
        List<byte[]> tokens = new ArrayList<>();
        while (tokens.size() < most) {
            String token = neighbours.commonest();
            if (token.isEmpty()) {
                break;
            }
            tokens.add(token.getBytes(StandardCharsets.ISO_8859_1));
            for (Word word : neighbours.wordsWith(token)) {
                neighbours.remove(word);
                word.join(token);
                neighbours.add(word);
            }
        }
        return tokens;
    }
}
