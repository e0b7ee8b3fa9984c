package dev.tramontane.train.nano;

import dev.tramontane.train.nano.NanoEvaluation.Verdict;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// What a test found, altogether and by kinds of problems.
///
/// @param all problems whose operands and phrasings are the test's
/// @param familiar beside them, some in the phrasings of the training
public record NanoReport(
        Tally all,
        Tally familiar,
        SequencedMap<String, Tally> families,
        SequencedMap<String, Tally> languages,
        SequencedMap<String, Tally> levels) {
    /// Counts over some problems.
    ///
    /// @param right answers that are
    /// @param inForm a closed thought, then one box, then the end
    /// @param holding right answers behind a thought whose equations all hold
    /// @param asTaught right answers behind the worked trace, line by line
    /// @param told thoughts whose language could be told
    /// @param ownLanguage of these, in the question's
    /// @param tokens of all answers
    public record Tally(
            int problems,
            int right,
            int inForm,
            int holding,
            int asTaught,
            int told,
            int ownLanguage,
            long tokens) {
        static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, 0, 0);

        Tally with(Verdict verdict) {
            String language = verdict.problem().language().code();
            return new Tally(
                    problems + 1,
                    right + count(verdict.right()),
                    inForm + count(verdict.inForm()),
                    holding + count(verdict.right() && verdict.holds()),
                    asTaught + count(verdict.right() && verdict.asTaught()),
                    told + count(verdict.language().isPresent()),
                    ownLanguage + count(verdict.language().filter(language::equals).isPresent()),
                    tokens + verdict.tokens());
        }

        private static int count(boolean isSo) {
            return isSo ? 1 : 0;
        }

        /// Share of right answers.
        public double accuracy() {
            return problems == 0 ? 0 : (double) right / problems;
        }

        /// Share of answers in the form they should have.
        public double form() {
            return problems == 0 ? 0 : (double) inForm / problems;
        }

        /// Share of right answers whose thought is right in every equation.
        public double traces() {
            return right == 0 ? 0 : (double) holding / right;
        }

        /// Share of right answers whose thought is the worked trace.
        public double taught() {
            return right == 0 ? 0 : (double) asTaught / right;
        }

        /// Share of thoughts in the question's language, of those whose language could be told.
        public double language() {
            return told == 0 ? 0 : (double) ownLanguage / told;
        }

        private ObjectNode json(JsonMapper mapper) {
            ObjectNode json = mapper.createObjectNode();
            json.put("problems", problems)
                    .put("accuracy", accuracy())
                    .put("form", form())
                    .put("traces", traces())
                    .put("as_taught", taught())
                    .put("language", language())
                    .put("tokens", problems == 0 ? 0 : (double) tokens / problems);
            return json;
        }
    }

    static NanoReport of(List<Verdict> verdicts, List<Verdict> familiar) {
        return new NanoReport(
                tally(verdicts),
                tally(familiar),
                by(verdicts, verdict -> verdict.problem().family().key()),
                by(verdicts, verdict -> verdict.problem().language().code()),
                by(verdicts, verdict -> String.valueOf(verdict.problem().level())));
    }

    private static Tally tally(List<Verdict> verdicts) {
        Tally tally = Tally.NONE;
        for (Verdict verdict : verdicts) {
            tally = tally.with(verdict);
        }
        return tally;
    }

    private static SequencedMap<String, Tally> by(
            List<Verdict> verdicts, Function<Verdict, String> kind) {
        SequencedMap<String, Tally> tallies = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            tallies.merge(
                    kind.apply(verdict),
                    Tally.NONE.with(verdict),
                    (tally, _) -> tally.with(verdict));
        }
        return tallies;
    }

    /// As `evaluation.json`: shares, and tokens of an answer.
    public ObjectNode json() {
        var mapper = new JsonMapper();
        ObjectNode json = all.json(mapper);
        json.set("familiar_phrasings", familiar.json(mapper));
        put(json, "families", families, mapper);
        put(json, "languages", languages, mapper);
        put(json, "levels", levels, mapper);
        return json;
    }

    private static void put(
            ObjectNode json, String key, SequencedMap<String, Tally> tallies, JsonMapper mapper) {
        ObjectNode inside = json.putObject(key);
        tallies.forEach((name, tally) -> inside.set(name, tally.json(mapper)));
    }

    /// Writes the file whole or not at all.
    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(beside, json().toPrettyString() + "\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
