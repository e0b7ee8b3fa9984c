package dev.tramontane.chat;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.Metadata;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How a model reads a {@link Gap}.
///
/// Mistral's models read `<s>[SUFFIX]behind[PREFIX]before`. Others read `prefix before suffix
/// behind middle` with marks of their own; those that were trained on whole repositories (Hui et
/// al. 2024, section 3.2.1) have a mark before each file, too: `repository name, (file name text)…,
/// file name prefix before suffix behind middle`.
///
/// @param suffix the mark in front of what follows the gap
/// @param middle the mark behind all; empty in Mistral's order
/// @param repository the mark in front of a repository's name
/// @param file the mark in front of a file's name
/// @param ends marks that say that the gap is filled
record GapFormat(
        Tokenizer tokenizer,
        int prefix,
        int suffix,
        OptionalInt middle,
        OptionalInt repository,
        OptionalInt file,
        Set<Integer> ends) {
    /// Names that nobody told.
    private static final String REPOSITORY = "project\n";

    private static final String THIS_FILE = "file\n";

    /// In front of a passage's name where there is no mark for it.
    private static final String PASSAGE = "+++++ ";

    /// Of what fits, the share of the text before the gap where both texts do not.
    private static final double SHARE_BEFORE = 0.75;

    /// How many of the suffix's first tokens are the smiley's.
    private static final int SMILEY_TOKENS = 2;

    private static final List<String> PREFIXES =
            List.of("<|fim_prefix|>", "<fim_prefix>", "<｜fim▁begin｜>", "<|fim_begin|>", "▁<PRE>");
    private static final List<String> SUFFIXES =
            List.of("<|fim_suffix|>", "<fim_suffix>", "<｜fim▁hole｜>", "<|fim_hole|>", "▁<SUF>");
    private static final List<String> MIDDLES =
            List.of("<|fim_middle|>", "<fim_middle>", "<｜fim▁end｜>", "<|fim_end|>", "▁<MID>");
    private static final List<String> REPOSITORIES = List.of("<|repo_name|>", "<repo_name>");
    private static final List<String> FILES = List.of("<|file_sep|>", "<file_sep>");
    private static final List<String> PADS = List.of("<|fim_pad|>", "<fim_pad>", "▁<EOT>");

    GapFormat {
        ends = Set.copyOf(ends);
    }

    /// The format of a vocabulary with Mistral's marks; empty where it lacks them.
    static Optional<GapFormat> ofFamily(Tokenizer tokenizer) {
        OptionalInt prefix = tokenizer.special(SpecialToken.PREFIX);
        OptionalInt suffix = tokenizer.special(SpecialToken.SUFFIX);
        if (prefix.isEmpty() || suffix.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new GapFormat(
                        tokenizer,
                        prefix.getAsInt(),
                        suffix.getAsInt(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Set.of(prefix.getAsInt(), suffix.getAsInt())));
    }

    /// The format of another vocabulary: the marks that its file names, else those that are spelled
    /// as usual; empty where it lacks them.
    static Optional<GapFormat> of(Tokenizer tokenizer, Metadata metadata) {
        var marks = new Marks(tokenizer, metadata);
        OptionalInt prefix = marks.find(List.of("fim_pre", "prefix"), PREFIXES);
        OptionalInt suffix = marks.find(List.of("fim_suf", "suffix"), SUFFIXES);
        OptionalInt middle = marks.find(List.of("fim_mid", "middle"), MIDDLES);
        if (prefix.isEmpty() || suffix.isEmpty() || middle.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt repository = marks.find(List.of("fim_rep"), REPOSITORIES);
        OptionalInt file = marks.find(List.of("fim_sep"), FILES);
        OptionalInt pad = marks.find(List.of("fim_pad"), PADS);
        Set<Integer> ends =
                Stream.of(prefix, suffix, middle, repository, file, pad)
                        .flatMap(mark -> mark.stream().boxed())
                        .collect(Collectors.toSet());
        return Optional.of(
                new GapFormat(
                        tokenizer,
                        prefix.getAsInt(),
                        suffix.getAsInt(),
                        middle,
                        repository,
                        file,
                        ends));
    }

    /// Where the marks of a vocabulary are told.
    private record Marks(Tokenizer tokenizer, Metadata metadata) {
        /// @param keys of GGUF, of which `…_token_id` is the rest
        OptionalInt find(List<String> keys, List<String> spellings) {
            IntStream named =
                    keys.stream()
                            .flatMap(
                                    key ->
                                            metadata
                                                    .integer("tokenizer.ggml." + key + "_token_id")
                                                    .stream())
                            .filter(id -> id >= 0 && id < tokenizer.vocab())
                            .mapToInt(Math::toIntExact);
            IntStream spelled =
                    spellings.stream().flatMapToInt(text -> tokenizer.special(text).stream());
            return IntStream.concat(named, spelled).findFirst();
        }
    }

    /// What the model reads, as far as it fits: of the texts around the gap what is nearest to it,
    /// then as many passages as there is room for, whole, from the last to the first.
    ///
    /// @param most tokens that it may have
    int[] write(Gap gap, int most) {
        int[] before = tokenizer.encode(gap.before());
        int[] behind = behind(gap.behind());
        int[] head = head();
        int[] own = file.isPresent() ? passage(file, THIS_FILE) : new int[0];
        int marks = middle.isPresent() ? 3 : 2;
        int room = Math.max(0, most - head.length - own.length - marks);
        if (before.length + behind.length > room) {
            int kept = Math.min(behind.length, room - Math.min(before.length, share(room)));
            behind = Arrays.copyOf(behind, kept);
            before = Arrays.copyOfRange(before, before.length - (room - kept), before.length);
        }
        int[] passages = passages(gap.passages(), room - before.length - behind.length);
        int[] prefixes = {prefix};
        int[] suffixes = {suffix};
        return middle.isPresent()
                ? joined(
                        head,
                        passages,
                        own,
                        prefixes,
                        before,
                        suffixes,
                        behind,
                        new int[] {middle.getAsInt()})
                : joined(head, suffixes, behind, prefixes, passages, before);
    }

    private int[] passages(List<Gap.Passage> passages, int room) {
        Deque<int[]> fitting = new ArrayDeque<>();
        int left = room;
        for (Gap.Passage passage : passages.reversed()) {
            int[] ids = passage(passage);
            if (ids.length > left) {
                break;
            }
            left -= ids.length;
            fitting.addFirst(ids);
        }
        return joined(fitting.toArray(int[][]::new));
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static int share(int room) {
        return (int) (SHARE_BEFORE * room);
    }

    /// The suffix is encoded behind a smiley, of which two tokens are dropped, in Mistral's order:
    /// so did the training data, made with a tokenizer that put a space in front of every text.
    private int[] behind(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        if (middle.isPresent()) {
            return tokenizer.encode(text);
        }
        int[] ids = tokenizer.encode("☺" + text);
        return Arrays.copyOfRange(ids, Math.min(SMILEY_TOKENS, ids.length), ids.length);
    }

    /// What stands in front of all.
    private int[] head() {
        IntStream bos =
                middle.isEmpty() || tokenizer.addBos()
                        ? tokenizer.special(SpecialToken.BOS).stream()
                        : IntStream.empty();
        return repository.isPresent()
                ? IntStream.concat(bos, Arrays.stream(passage(repository, REPOSITORY))).toArray()
                : bos.toArray();
    }

    private int[] passage(Gap.Passage passage) {
        String text = passage.text().endsWith("\n") ? passage.text() : passage.text() + "\n";
        return file.isPresent()
                ? passage(file, passage.name() + "\n" + text)
                : tokenizer.encode(PASSAGE + passage.name() + "\n" + text);
    }

    private int[] passage(OptionalInt mark, String text) {
        return IntStream.concat(mark.stream(), Arrays.stream(tokenizer.encode(text))).toArray();
    }
}
