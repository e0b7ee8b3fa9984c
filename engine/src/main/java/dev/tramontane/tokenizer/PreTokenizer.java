package dev.tramontane.tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// How byte-level vocabularies want a text cut before it is encoded.
///
/// GGUF files name it (`tokenizer.ggml.pre`), `tokenizer.json` quotes the expressions. Each of the
/// constants is what its vocabularies were made with; where llama.cpp cuts in another way, decision
/// 0011 says so.
///
/// @param names in GGUF files
/// @param wholeFirst whether a piece that is a token is that token, whatever merging would make
/// @param composes whether the vocabularies want form NFC, which GGUF files do not say
/// @param stages of cutting, in order
record PreTokenizer(List<String> names, boolean wholeFirst, boolean composes, List<Stage> stages) {
    static final PreTokenizer TEKKEN =
            new PreTokenizer(
                    List.of("tekken"),
                    true,
                    false,
                    Patterns.CASED_WORDS.formatted("", "")
                            + "|\\p{N}"
                            + Patterns.SYMBOLS_AND_SLASHES);

    /// gpt-oss has it too.
    static final PreTokenizer O200K =
            new PreTokenizer(
                    List.of("gpt-4o", "llama4"),
                    false,
                    false,
                    Patterns.CASED_WORDS.formatted(
                                    Patterns.CONTRACTIONS + "?", Patterns.CONTRACTIONS + "?")
                            + "|\\p{N}{1,3}"
                            + Patterns.SYMBOLS_AND_SLASHES);

    static final PreTokenizer LLAMA3 =
            new PreTokenizer(
                    List.of("llama-bpe", "llama3", "llama-v3"), true, false, Patterns.LLAMA3);

    static final PreTokenizer SMAUG =
            new PreTokenizer(List.of("smaug-bpe"), false, false, Patterns.LLAMA3);

    static final PreTokenizer QWEN2 =
            new PreTokenizer(
                    List.of("qwen2", "deepseek-r1-qwen"),
                    false,
                    true,
                    Patterns.CONTRACTIONS + Patterns.WORDS + "|\\p{N}" + Patterns.SYMBOLS);

    static final PreTokenizer GPT2 =
            new PreTokenizer(List.of("gpt-2", "phi-2"), false, false, Patterns.GPT2 + "|\\s+");

    static final PreTokenizer DEEPSEEK_LLM =
            new PreTokenizer(
                    List.of("deepseek-llm"),
                    new Stage("[\\r\\n]", "[^\\r\\n]+"),
                    new Stage(
                            "\\s?" + Patterns.DEEPSEEK_LETTERS + "+",
                            Patterns.others("\\s", Patterns.DEEPSEEK_LETTERS)),
                    new Stage(
                            "\\s?" + Patterns.DEEPSEEK_SYMBOLS + "+",
                            Patterns.others("\\s", Patterns.DEEPSEEK_SYMBOLS)),
                    new Stage("\\s+$", "\\s+|\\S+"),
                    new Stage(Patterns.HAN + "+", Patterns.others("", Patterns.HAN)),
                    new Stage("\\p{N}", "[^\\p{N}]+"));

    static final PreTokenizer DEEPSEEK_CODER =
            new PreTokenizer(
                    List.of("deepseek-coder"),
                    new Stage("[\\r\\n]", "[^\\r\\n]+"),
                    new Stage("\\s?\\p{L}+", "[^\\s\\p{L}]+"),
                    new Stage("\\s?\\p{P}+", "[^\\s\\p{P}]+"),
                    new Stage(Patterns.HAN + "+", Patterns.others("", Patterns.HAN)),
                    new Stage("\\p{N}", "[^\\p{N}]+"));

    static final PreTokenizer DEEPSEEK_V3 =
            new PreTokenizer(
                    List.of("deepseek-v3"),
                    new Stage("\\p{N}{1,3}", "[^\\p{N}]+"),
                    new Stage("[一-龥\u3040-ゟ゠-ヿ]+", "[^一-龥\u3040-ゟ゠-ヿ]+"),
                    new Stage(
                            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
                                    + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                                    + "| ?[\\p{P}\\p{S}]+[\\r\\n]*"
                                    + Patterns.SPACES));

    /// What llama.cpp does where a vocabulary's maker said nothing.
    static final PreTokenizer UNNAMED =
            new PreTokenizer(
                    List.of("default"),
                    new Stage("[\\p{P}\\$\\+<=>\\^~\\|]+"),
                    new Stage(Patterns.GPT2),
                    new Stage("\\p{N}+", "[^\\p{N}]+"),
                    new Stage("[0-9][0-9][0-9]", "[^0-9]+"));

    static final List<PreTokenizer> ALL =
            List.of(
                    TEKKEN,
                    O200K,
                    LLAMA3,
                    SMAUG,
                    QWEN2,
                    GPT2,
                    DEEPSEEK_LLM,
                    DEEPSEEK_CODER,
                    DEEPSEEK_V3,
                    UNNAMED);

    /// One cut.
    static final class Stage {
        private final String pattern;
        private final String between;

        /// Made when first asked for, and then for all models of the process. Several threads may
        /// make the same at a time.
        private volatile @Nullable PieceAutomaton automaton;

        /// @param pattern what is a piece
        /// @param between text that is no piece for certain, so that a long run of it is not tried
        ///   character by character; may be empty
        Stage(String pattern, String between) {
            this.pattern = pattern;
            this.between = between;
        }

        Stage(String pattern) {
            this(pattern, "");
        }

        String pattern() {
            return pattern;
        }

        PieceAutomaton automaton() {
            PieceAutomaton made = automaton;
            if (made == null) {
                made = new PieceAutomaton(pattern, between);
                automaton = made;
            }
            return made;
        }
    }

    private PreTokenizer(List<String> names, boolean wholeFirst, boolean composes, String pattern) {
        this(names, wholeFirst, composes, List.of(new Stage(pattern)));
    }

    private PreTokenizer(List<String> names, Stage... stages) {
        this(names, false, false, List.of(stages));
    }

    /// By its name in GGUF files.
    static Optional<PreTokenizer> named(String name) {
        return ALL.stream().filter(known -> known.names.contains(name)).findFirst();
    }

    /// All names, for messages.
    static String allNames() {
        return ALL.stream()
                .flatMap(known -> known.names.stream())
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /// The same cuts with other rules about them.
    PreTokenizer with(boolean tokensWholeFirst, boolean composesFirst) {
        return new PreTokenizer(names, tokensWholeFirst, composesFirst, stages);
    }

    /// What each stage calls a piece.
    List<String> patterns() {
        return stages.stream().map(Stage::pattern).toList();
    }

    /// The stages, ready to cut.
    List<PieceAutomaton> automata() {
        return stages.stream().map(Stage::automaton).toList();
    }

    /// Parts that several expressions share.
    private static final class Patterns {
        static final String CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
        static final String WORDS = "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
        static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        static final String SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;
        static final String SYMBOLS_AND_SLASHES = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

        static final String LLAMA3 = CONTRACTIONS + WORDS + "|\\p{N}{1,3}" + SYMBOLS;

        /// A capital behind a small letter begins a word; `%s` may follow it.
        static final String CASED_WORDS =
                "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+%s"
                        + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*%s";

        static final String GPT2 =
                "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

        /// Also everything from Samaritan to the first Han character: the makers' slip for kana.
        static final String HAN = "[一-龥ࠀ-一가-\uD7FF]";

        static final String DEEPSEEK_SYMBOLS = "[!-/:-~！-／：-～‘-‟\u3000-。]";

        /// Characters that are neither in a class nor in more of one.
        static String others(String more, String set) {
            return "[^" + more + set.substring(1) + "+";
        }

        /// Cased letters, but for those of a few scripts.
        static final String DEEPSEEK_LETTERS =
                "[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽ"
                        + "ᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ί"
                        + "ῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇ"
                        + "Ꞌ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]";
    }
}
