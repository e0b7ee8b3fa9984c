package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.ModelFormatException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// What the ids of a vocabulary stand for: the bytes of ordinary tokens and the spellings of marks.
///
/// There are four kinds of token. *Text* is what encoding makes. A *mark* has no bytes, and only
/// templates make it. A *user-defined* token is text when read and a spelling that templates may
/// ask for, but encoding never makes it: otherwise what a user types could become one. A *byte*
/// stands for one byte where no text token does.
public final class Vocabulary {
    /// What an id is.
    enum Kind {
        TEXT,
        BYTE,
        USER_DEFINED,
        MARK,
        UNUSED
    }

    /// What ends a turn or an answer in the formats in use, where a file does not say.
    private static final Set<String> USUAL_ENDS =
            Set.of(
                    "<|im_end|>",
                    "<|eot_id|>",
                    "<|eom_id|>",
                    "<|end|>",
                    "<|return|>",
                    "<|call|>",
                    "<|endoftext|>",
                    "<|end_of_text|>",
                    "<end_of_turn>",
                    "<｜end▁of▁sentence｜>",
                    "<|EOT|>");

    /// Ends a message within an answer where the vocabulary also has one that ends the answer.
    private static final String END_OF_MESSAGE = "<|end|>";

    private static final String END_OF_ANSWER = "<|return|>";

    private final byte[] bytes; // of all ids end to end, then the padding of TokenTable
    private final int[] starts; // int[vocab + 1]
    private final BitSet marks;
    private final BitSet text;
    private final Map<Integer, Spelling> spellingsById;
    private final Spellings spellings;
    private final Map<SpecialToken, Integer> roles;
    private final Set<Integer> stopTokens;
    private final TokenTable table;
    private final int[] byteIds;
    private final Map<TextKind, BitSet> idsByKind = new EnumMap<>(TextKind.class);

    private Vocabulary(Builder builder) {
        starts = builder.tokens.starts();
        bytes = builder.tokens.bytes(TokenTable.PADDING);
        marks = builder.marks;
        text = builder.text;
        spellingsById = Map.copyOf(builder.spellings);
        spellings = new Spellings(spellingsById.values());
        roles = new EnumMap<>(SpecialToken.class);
        roles.putAll(builder.roles);
        stopTokens = stopTokens(builder.stopTokens);
        table = new TokenTable(bytes, starts);
        text.stream().forEach(id -> makeFindable(id, builder.location));
        byteIds = builder.byteIds;
        byte[] single = new byte[1 + TokenTable.PADDING];
        for (int b = 0; b < byteIds.length; b++) {
            if (byteIds[b] == TokenTable.NONE) {
                single[0] = (byte) b;
                byteIds[b] = table.find(single, 0, 1);
            }
        }
    }

    private void makeFindable(int id, String location) {
        int twin = table.put(id);
        if (twin != TokenTable.NONE) {
            throw new ModelFormatException(
                    location
                            + ": tokens "
                            + twin
                            + " and "
                            + id
                            + " are both \""
                            + pieceOf(id)
                            + "\", expected each token once; get or convert the file again");
        }
    }

    private Set<Integer> stopTokens(Set<Integer> named) {
        Set<Integer> stops = new HashSet<>(named);
        stops.addAll(usualStops());
        return Set.copyOf(stops);
    }

    private Set<Integer> usualStops() {
        Set<Integer> stops = new HashSet<>();
        special(SpecialToken.EOS).ifPresent(stops::add);
        boolean messages = special(END_OF_ANSWER).isPresent();
        USUAL_ENDS.stream()
                .filter(end -> !(messages && end.equals(END_OF_MESSAGE)))
                .forEach(end -> special(end).ifPresent(stops::add));
        return stops;
    }

    /// What ends an answer though neither its role nor its spelling says so, in order.
    List<Integer> unusualStops() {
        Set<Integer> usual = usualStops();
        return stopTokens.stream().filter(id -> !usual.contains(id)).sorted().toList();
    }

    /// Number of ids.
    public int size() {
        return starts.length - 1;
    }

    /// From bytes to text tokens.
    TokenTable table() {
        return table;
    }

    /// The text token of these bytes, or {@link TokenTable#NONE}.
    int find(byte[] token) {
        return token.length == 0
                ? TokenTable.NONE
                : table.find(
                        Arrays.copyOf(token, token.length + TokenTable.PADDING), 0, token.length);
    }

    /// The tokens that a text begins with.
    ///
    /// @param ids different tokens of at least one byte, none of them zero
    DoubleArray trie(int[] ids) {
        return DoubleArrayBuilder.build(bytes, starts, ids);
    }

    /// int[256], the token of each single byte or {@link TokenTable#NONE}; shared.
    int[] byteIds() {
        return byteIds;
    }

    /// The special tokens by how templates write them.
    Spellings spellings() {
        return spellings;
    }

    /// The bytes an id stands for; empty for marks. The array is a copy.
    ///
    /// @throws IllegalArgumentException when there is no such id
    public byte[] bytesOf(int id) {
        check(id);
        return Arrays.copyOfRange(bytes, starts[id], starts[id + 1]);
    }

    /// The bytes of an id, ready for {@link TokenTable}.
    byte[] paddedBytesOf(int id) {
        return Arrays.copyOfRange(bytes, starts[id], starts[id + 1] + TokenTable.PADDING);
    }

    Kind kind(int id) {
        if (spellingsById.containsKey(id)) {
            return isMark(id) ? Kind.MARK : Kind.USER_DEFINED;
        }
        return isMark(id) ? Kind.UNUSED : text.get(id) ? Kind.TEXT : Kind.BYTE;
    }

    /// The ids below `rows` that stand for nothing: a model's matrices may have more rows than
    /// there are tokens. The set is a copy.
    public BitSet unusedIds(int rows) {
        var unused = new BitSet(rows);
        for (int id = marks.nextSetBit(0); id >= 0 && id < rows; id = marks.nextSetBit(id + 1)) {
            unused.set(id, !spellingsById.containsKey(id));
        }
        unused.set(Math.min(size(), rows), rows);
        return unused;
    }

    /// The ids whose text is of a kind. The set is a copy.
    public BitSet ids(TextKind kind) {
        synchronized (idsByKind) {
            BitSet known = idsByKind.get(kind);
            if (known == null) {
                known = new BitSet(size());
                for (int id = 0; id < size(); id++) {
                    known.set(id, kind.fits(bytes, starts[id], starts[id + 1]));
                }
                idsByKind.put(kind, known);
            }
            return (BitSet) known.clone();
        }
    }

    /// How templates write a special token.
    Optional<Spelling> spelling(int id) {
        return Optional.ofNullable(spellingsById.get(id));
    }

    /// Whether the id is a mark of the format rather than text.
    public boolean isMark(int id) {
        check(id);
        return marks.get(id);
    }

    /// A special token's spelling, or the id's text as far as it is valid UTF-8.
    public String pieceOf(int id) {
        Spelling spelling = spellingsById.get(id);
        return spelling == null ? new String(bytesOf(id), StandardCharsets.UTF_8) : spelling.text();
    }

    /// The id of the special token with this spelling.
    public OptionalInt special(String spelling) {
        return spellings.id(spelling);
    }

    /// The id that plays a role, by the file or by its usual spelling.
    public OptionalInt special(SpecialToken token) {
        Integer id = roles.get(token);
        return id == null ? special(token.spelling()) : OptionalInt.of(id);
    }

    /// The first id that does not stand for the same in another vocabulary, by its bytes or, for a
    /// mark, its spelling; empty when all do.
    public OptionalInt firstDifference(Vocabulary other) {
        int both = Math.min(size(), other.size());
        for (int id = 0; id < both; id++) {
            boolean same =
                    marks.get(id) == other.marks.get(id)
                            && Arrays.equals(
                                    bytes,
                                    starts[id],
                                    starts[id + 1],
                                    other.bytes,
                                    other.starts[id],
                                    other.starts[id + 1])
                            && (!marks.get(id) || pieceOf(id).equals(other.pieceOf(id)));
            if (!same) {
                return OptionalInt.of(id);
            }
        }
        return size() == other.size() ? OptionalInt.empty() : OptionalInt.of(both);
    }

    /// What ends an answer.
    public Set<Integer> stopTokens() {
        return stopTokens;
    }

    /// The text of `ids[from .. to)`.
    String decode(int[] ids, int from, int to, SpecialTokens specials) {
        var decoder = new Utf8Decoder();
        var text = new StringBuilder(4 * (to - from));
        for (int i = from; i < to; i++) {
            int id = ids[i];
            if (!isMark(id)) {
                decoder.append(bytes, starts[id], starts[id + 1], text);
                continue;
            }
            decoder.flush(text); // a character does not reach across a mark
            if (specials == SpecialTokens.KEEP) {
                text.append(pieceOf(id));
            }
        }
        decoder.flush(text);
        return text.toString();
    }

    private void check(int id) {
        if (id < 0 || id >= size()) {
            throw new IllegalArgumentException(
                    "token id "
                            + id
                            + " is outside the vocabulary, expected 0 to "
                            + (size() - 1)
                            + "; use ids that this tokenizer made");
        }
    }

    /// Takes the tokens one by one, in id order.
    static final class Builder {
        private final String location;
        private final ByteStrings tokens;
        private final BitSet text = new BitSet();
        private final BitSet marks = new BitSet();
        private final Map<Integer, Spelling> spellings = new HashMap<>();
        private final Map<String, Integer> idsBySpelling = new HashMap<>();
        private final Set<Integer> stopTokens = new HashSet<>();
        private final Map<SpecialToken, Integer> roles = new EnumMap<>(SpecialToken.class);
        private final int[] byteIds = new int[256];

        /// @param location the file, for messages
        Builder(String location) {
            this.location = location;
            this.tokens = new ByteStrings(location);
            Arrays.fill(byteIds, TokenTable.NONE);
        }

        void text(byte[] bytes) {
            text.set(tokens.size());
            tokens.add(bytes, 0, bytes.length);
        }

        /// Text tokens: the first ones of a list.
        void texts(int count, ByteStrings list) {
            text.set(tokens.size(), tokens.size() + count);
            tokens.addFirst(count, list);
        }

        void mark(String spelling) {
            mark(new Spelling(spelling, tokens.size(), false, false));
        }

        /// @param spelling of the next id
        void mark(Spelling spelling) {
            spell(spelling);
            marks.set(tokens.size());
            tokens.add(new byte[0], 0, 0);
        }

        void userDefined(String spelling) {
            userDefined(new Spelling(spelling, tokens.size(), false, false));
        }

        /// @param spelling of the next id
        void userDefined(Spelling spelling) {
            spell(spelling);
            byte[] literal = spelling.text().getBytes(StandardCharsets.UTF_8);
            tokens.add(literal, 0, literal.length);
        }

        void singleByte(byte b) {
            byteIds[b & 0xFF] = tokens.size();
            tokens.add(new byte[] {b}, 0, 1);
        }

        /// An id that no token has.
        void unused() {
            marks.set(tokens.size());
            tokens.add(new byte[0], 0, 0);
        }

        /// Says which token plays a part, whatever its spelling.
        void role(SpecialToken token, int id) {
            roles.put(token, id);
        }

        /// Says that a token ends an answer, besides those that usually do.
        void stop(int id) {
            stopTokens.add(id);
        }

        Vocabulary build() {
            return new Vocabulary(this);
        }

        private void spell(Spelling spelling) {
            spellings.put(tokens.size(), spelling);
            Integer twin = idsBySpelling.putIfAbsent(spelling.text(), tokens.size());
            if (twin != null) {
                throw new ModelFormatException(
                        location
                                + ": special tokens "
                                + twin
                                + " and "
                                + tokens.size()
                                + " are both "
                                + spelling.text()
                                + ", expected each spelling once; get or convert the file again");
            }
        }
    }
}
