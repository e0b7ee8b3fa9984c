package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// SentencePiece's unigram model (Kudo 2018, §3.2): of all ways to cut a text into tokens the one
/// whose scores, logarithms of probabilities, have the largest sum.
///
/// A character that is no token may be unknown, for ten less than the lowest score; unknown ones
/// next to each other are spelled in byte tokens where the vocabulary has them, else they are one
/// unknown token. Of two ways with the same sum the one counts whose last token begins first. Sums
/// are float64, as in Hugging Face's library and llama.cpp; decision 0016.
final class Unigram implements Segmentation {
    private static final double UNKNOWN_PENALTY = 10;

    /// Bounds the time for a character. Published vocabularies have 48 bytes at most, unless runs
    /// of a symbol are tokens.
    private static final int LONGEST_TOKEN_BYTES = 512;

    /// Bounds the trie, which takes some bytes for each.
    private static final int MOST_BYTES = 1 << 26;

    private static final int UNKNOWN = -1;

    private final DoubleArray tokens;
    private final double[] scores;
    private final double unknownScore;
    private final int[] byteIds;
    private final OptionalInt unknownId;

    /// @param scores double[vocab], finite
    /// @param lowest of the scores
    /// @param location the file, for messages
    Unigram(Vocabulary vocabulary, double[] scores, double lowest, String location) {
        this.scores = scores;
        this.unknownScore = lowest - UNKNOWN_PENALTY;
        this.byteIds = vocabulary.byteIds();
        this.unknownId = vocabulary.special(SpecialToken.UNKNOWN);
        if (unknownId.isEmpty() && Arrays.stream(byteIds).anyMatch(id -> id == TokenTable.NONE)) {
            throw new ModelFormatException(
                    location
                            + ": no token stands for the unknown and not every byte has one,"
                            + " expected one or the other; get or convert the file again");
        }
        this.tokens = trie(vocabulary, location);
    }

    private static DoubleArray trie(Vocabulary vocabulary, String location) {
        int[] text =
                IntStream.range(0, vocabulary.size())
                        .filter(id -> vocabulary.kind(id) == Vocabulary.Kind.TEXT)
                        .filter(id -> vocabulary.bytesOf(id).length > 0)
                        .toArray();
        long bytes = 0;
        for (int id : text) {
            byte[] token = vocabulary.bytesOf(id);
            bytes += token.length;
            boolean hasZero = IntStream.range(0, token.length).anyMatch(i -> token[i] == 0);
            if (token.length > LONGEST_TOKEN_BYTES || bytes > MOST_BYTES || hasZero) {
                throw new ModelFormatException(
                        "%s: token %d has %d bytes, the vocabulary %d or more, expected at most %d and %d and none of them zero; get or convert the file again"
                                .formatted(
                                        location,
                                        id,
                                        token.length,
                                        bytes,
                                        LONGEST_TOKEN_BYTES,
                                        MOST_BYTES));
            }
        }
        return vocabulary.trie(text);
    }

    @Override
    public String name() {
        return "unigram";
    }

    @Override
    public void encode(Pieces pieces, TokenIds ids) {
        var search = new Search(pieces.text().bytes(), ids);
        for (int piece = 0; piece < pieces.count(); piece++) {
            search.cut(pieces.begin(piece), pieces.end(piece));
        }
    }

    /// Viterbi's algorithm over the places between characters, one text on one thread.
    ///
    /// Where no token reaches across a place, all ways go through it, and what is before it is
    /// settled: memory grows with the longest stretch without such a place, not with the text.
    private final class Search {
        private final byte[] text;
        private final TokenIds ids;

        // By place, counted from `base`: the best way that ends there, and its last token.
        private double[] sums = new double[64];
        private int[] begins = new int[64];
        private int[] lastIds = new int[64];
        private int base;
        private int reach; // the furthest place that some way ends at

        private int[] path = new int[64]; // places of the best way, last first
        private int unknownFrom; // the unknown characters that have no id yet
        private int unknownTo;

        Search(byte[] text, TokenIds ids) {
            this.text = text;
            this.ids = ids;
        }

        void cut(int from, int to) {
            base = from;
            reach = from;
            sums[0] = 0;
            unknownFrom = from;
            unknownTo = from;
            for (int at = from, next; at < to; at = next) {
                next = at + Utf8.length(text[at]);
                if (!takeTokens(at, next, to)) {
                    offer(at, next, sums[at - base] + unknownScore, UNKNOWN);
                }
                if (reach == next) {
                    settle(next);
                }
            }
            nameUnknown();
        }

        /// Offers all tokens that begin here.
        ///
        /// @param next where the next character begins
        /// @return whether one of them is a single character
        private boolean takeTokens(int at, int next, int to) {
            double before = sums[at - base];
            boolean single = false;
            int node = tokens.root();
            for (int end = at; end < to; ) {
                int unit = tokens.child(node, text[end++]);
                if (unit == DoubleArray.NONE) {
                    break;
                }
                node = tokens.base(unit);
                int id = tokens.value(unit, node);
                if (id != DoubleArray.NONE) {
                    offer(at, end, before + scores[id], id);
                    single |= end == next;
                }
            }
            return single;
        }

        private void offer(int from, int to, double sum, int id) {
            if (to > reach) {
                makeRoom(to - base);
                Arrays.fill(begins, reach + 1 - base, to + 1 - base, UNKNOWN);
                reach = to;
            }
            int place = to - base;
            if (begins[place] == UNKNOWN || sum > sums[place]) {
                begins[place] = from;
                sums[place] = sum;
                lastIds[place] = id;
            }
        }

        private void makeRoom(int place) {
            if (place >= sums.length) {
                int length = Math.max(place + 1, sums.length + (sums.length >> 1));
                sums = Arrays.copyOf(sums, length);
                begins = Arrays.copyOf(begins, length);
                lastIds = Arrays.copyOf(lastIds, length);
            }
        }

        /// Adds the ids of the best way to here, and begins anew.
        private void settle(int at) {
            int tokensOfWay = 0;
            for (int place = at; place > base; place = begins[place - base]) {
                if (tokensOfWay == path.length) {
                    path = Arrays.copyOf(path, 2 * path.length);
                }
                path[tokensOfWay++] = place;
            }
            for (int i = tokensOfWay - 1; i >= 0; i--) {
                int id = lastIds[path[i] - base];
                if (id == UNKNOWN) {
                    unknownFrom = unknownFrom == unknownTo ? begins[path[i] - base] : unknownFrom;
                    unknownTo = path[i];
                } else {
                    nameUnknown();
                    ids.add(id);
                }
            }
            sums[0] = sums[at - base];
            base = at;
            reach = at;
        }

        private void nameUnknown() {
            boolean inBytes = true;
            for (int at = unknownFrom; at < unknownTo; at++) {
                inBytes &= byteIds[text[at] & 0xFF] != TokenTable.NONE;
            }
            if (inBytes) {
                for (int at = unknownFrom; at < unknownTo; at++) {
                    ids.add(byteIds[text[at] & 0xFF]);
                }
            } else {
                ids.add(unknownId.orElseThrow());
            }
            unknownFrom = unknownTo;
        }
    }
}
