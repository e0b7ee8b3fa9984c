package dev.tramontane.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.sampling.RealTexts.RealText;
import dev.tramontane.sampling.RepetitiveTexts.Kind;
import dev.tramontane.sampling.TokenMask.Verdict;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.TextKind;
import dev.tramontane.tokenizer.Vocabulary;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/// The guard over texts that are no circles, each read as a thought, as an answer and as a fenced
/// block, in tokens of the published vocabulary. The build reads some hundred thousand tokens; with
/// `-Dtramontane.guardTokens=10000000` as many of generated texts and of what lies on the machine
/// together (`-Dtramontane.guardFolders` names more of it), and it prints what it read.
class GuardCorpusTest {
    private static final long TOKENS = Long.getLong("tramontane.guardTokens", 400_000);
    private static final boolean IS_BUILD = System.getProperty("tramontane.guardTokens") == null;
    private static final String FOLDERS = System.getProperty("tramontane.guardFolders", "");
    private static final long SEED = 5;

    /// More than code has, less than other text.
    private static final int CHARS_A_TOKEN = 4;

    private static Tekken tokenizer;
    private static TokenKinds kinds;

    @BeforeAll
    static void open() throws IOException {
        Path file = Path.of("src/test/resources/vectors/tekken/tekken_240911.json.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            tokenizer = Tekken.read(in, "tekken_240911.json");
        }
        Vocabulary vocabulary = tokenizer.vocabulary();
        kinds =
                new TokenKinds(
                        vocabulary.ids(TextKind.DIGITS),
                        vocabulary.ids(TextKind.LINE_END),
                        vocabulary.ids(TextKind.INDENT),
                        vocabulary.ids(TextKind.WORDLESS));
    }

    /// What the guard did to one source's texts.
    private static final class Score {
        private final Map<Phase, Integer> interventions = new EnumMap<>(Phase.class);
        private final List<String> where = new ArrayList<>();
        private int texts;
        private long tokens;
        private int drifts;

        int in(Phase phase) {
            return interventions.getOrDefault(phase, 0);
        }

        void read(String name, String text) {
            int[] ids = tokenizer.encode(text);
            texts++;
            tokens += ids.length;
            for (Phase phase : List.of(Phase.THINKING, Phase.ANSWER, Phase.FENCE)) {
                int place = firstIntervention(ids, phase);
                if (place < ids.length) {
                    interventions.merge(phase, 1, Integer::sum);
                    boolean drift = phase == Phase.THINKING && drifts(ids, place);
                    drifts += drift ? 1 : 0;
                    where.add(
                            "%s, token %d, as %s%s"
                                    .formatted(name, place, phase, drift ? ", by drift" : ""));
                }
            }
        }

        private static boolean drifts(int[] ids, int place) {
            var watch = new DriftWatch(kinds);
            IntStream.range(0, place).forEach(i -> watch.accept(ids[i]));
            return watch.drifts();
        }

        @Override
        public String toString() {
            return "%d texts, %d tokens: %d nudges (%d by drift), %d answers ended, %d blocks ended %s"
                    .formatted(
                            texts,
                            tokens,
                            in(Phase.THINKING),
                            drifts,
                            in(Phase.ANSWER),
                            in(Phase.FENCE),
                            where);
        }
    }

    /// The token before which the guard first does something; else their number.
    private static int firstIntervention(int[] ids, Phase phase) {
        RunawayGuard guard = guard(phase);
        int place = 0;
        while (place < ids.length && guard.next() instanceof Verdict.Any) {
            guard.accept(ids[place++]);
        }
        return place;
    }

    private static RunawayGuard guard(Phase always) {
        var phases =
                new Phases() {
                    @Override
                    public Phase phase() {
                        return always;
                    }

                    @Override
                    public void accept(int token) {}

                    @Override
                    public void rollback(int count) {}
                };
        var remedy = new RunawayGuard.Remedy(new int[] {1}, new int[] {2});
        return new RunawayGuard(phases, Optional.of(remedy), kinds, () -> Integer.MAX_VALUE);
    }

    @Test
    void tables_data_drawings_numbers_and_formulas_are_no_circles() {
        Map<String, Score> scores = new TreeMap<>();
        var texts = new RepetitiveTexts(SEED);
        long each = TOKENS / 2 / Kind.values().length;
        for (Kind kind : Kind.values()) {
            var score = new Score();
            while (score.tokens < each) {
                score.read(kind + " " + score.texts, texts.next(kind));
            }
            scores.put(kind.name(), score);
        }
        report(scores);
        scores.forEach((kind, score) -> assertEquals(List.of(), score.where, kind));
    }

    @Test
    void code_and_other_files_are_no_circles() throws IOException {
        Map<String, Score> scores = new TreeMap<>();
        for (RealText text : realTexts()) {
            scores.computeIfAbsent(text.source(), _ -> new Score()).read(text.name(), text.text());
        }
        report(scores);
        long tokens = scores.values().stream().mapToLong(score -> score.tokens).sum();
        assertTrue(tokens > TOKENS / 10, tokens + " tokens were found");
        scores.forEach((source, score) -> assertEquals(List.of(), score.where, source));
    }

    private static List<RealText> realTexts() throws IOException {
        long chars = TOKENS / 2 * CHARS_A_TOKEN;
        if (IS_BUILD) {
            return RealTexts.ours(SEED, chars);
        }
        List<RealText> texts = new ArrayList<>(RealTexts.ours(SEED, chars / 4));
        texts.addAll(RealTexts.maven(SEED, chars / 4));
        for (String folder : FOLDERS.split(File.pathSeparator)) {
            if (!folder.isEmpty()) {
                texts.addAll(RealTexts.folder(Path.of(folder), SEED, chars / 2));
            }
        }
        texts.addAll(RealTexts.jdk(SEED, chars));
        return texts;
    }

    private static void report(Map<String, Score> scores) {
        if (!IS_BUILD) {
            scores.forEach((source, score) -> System.out.println(source + ": " + score));
        }
    }

    @Test
    void requests_for_repetition_are_answered() {
        String zeros = "[" + "0, ".repeat(19) + "0]";
        String rows =
                IntStream.range(0, 20).mapToObj(_ -> zeros).collect(Collectors.joining(",\n"));
        String cells = "0 & ".repeat(19) + "0 \\\\\n";
        String table = "|" + " 0 |".repeat(20) + "\n";
        for (Phase phase : List.of(Phase.ANSWER, Phase.FENCE, Phase.STRUCTURED)) {
            completes("[" + rows + "]", phase);
            completes("[" + rows.replace("\n", " ") + "]", phase);
            completes("\\begin{pmatrix}\n" + cells.repeat(20) + "\\end{pmatrix}", phase);
            completes(table + "|" + "---|".repeat(20) + "\n" + table.repeat(20), phase);
        }
        completes(
                IntStream.range(0, 400)
                        .mapToObj(
                                i ->
                                        (i / 20 + 1)
                                                + " x "
                                                + (i % 20 + 1)
                                                + " = "
                                                + (i / 20 + 1) * (i % 20 + 1))
                        .collect(Collectors.joining("\n")),
                Phase.ANSWER);
        completes(
                IntStream.range(0, 99)
                        .map(i -> 99 - i)
                        .mapToObj(
                                i ->
                                        "%1$d bottles of beer on the wall, %1$d bottles of beer. Take one down, pass it around, %2$d bottles of beer on the wall."
                                                .formatted(i, i - 1))
                        .collect(Collectors.joining("\n\n")),
                Phase.ANSWER);
        completes(
                IntStream.range(0, 200)
                        .mapToObj(i -> "| " + (i + 1) + " | pending | standard | none |")
                        .collect(Collectors.joining("\n")),
                Phase.ANSWER);
    }

    /// What the bar of periods is measured with: nothing of it may pass for data.
    @Test
    void circles_of_random_tokens_are_prose_whatever_their_period() {
        var random = new Random(SEED);
        for (int period = 1; period <= PeriodWatch.LONGEST_PERIOD; period++) {
            for (int onset = 0; onset < 20; onset++) {
                int[] copy = random.ints(period, 1000, tokenizer.vocab()).toArray();
                int[] tokens = new int[2 * period];
                System.arraycopy(copy, 0, tokens, 0, period);
                System.arraycopy(copy, 0, tokens, period, period);
                assertEquals(
                        TokenKinds.Look.PROSE,
                        kinds.look(tokens, tokens.length, period),
                        "period " + period);
            }
        }
    }

    /// Tables of constants, as programs write them into sources.
    @Test
    void rows_of_one_value_and_lines_of_code_are_no_circles() {
        String row = " ".repeat(16) + "\"" + "\\uFFFD".repeat(8) + "\" +\n";
        String line = " ".repeat(12) + "null,\n";
        for (Phase phase : List.of(Phase.THINKING, Phase.ANSWER, Phase.FENCE)) {
            completes(row.repeat(1000), phase);
            completes(line.repeat(800), phase);
        }
    }

    private static void completes(String text, Phase phase) {
        int[] ids = tokenizer.encode(text);
        assertTrue(ids.length > 1000, ids.length + " tokens: " + text);
        assertEquals(ids.length, firstIntervention(ids, phase), text);
    }
}
