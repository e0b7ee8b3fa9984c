package dev.tramontane.train.nano;

import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.Schedule;
import dev.tramontane.train.kernels.Precision;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All that decides what the recipe makes, but for its seed.
///
/// @param network shape of the decoder; input and output are tied
/// @param vocabularyLessons how many lessons the vocabulary is learned from
/// @param families and
/// @param languages of what is taught and tested
/// @param harder families that are taught twice more for each time that they stand here
/// @param talkPercent how many of a hundred lessons are everyday talk
/// @param stages of the lessons, in their order
/// @param learning how fast
/// @param batchTokens tokens that are computed at a time: a step has one batch or several
/// @param precision of the products of matrices
/// @param checkpointEvery steps between two states
/// @param tests how often and how much is tested
public record NanoSettings(
        ModelConfig network,
        int vocabularyLessons,
        List<ProblemFamily> families,
        List<ProblemFamily> harder,
        List<Language> languages,
        int talkPercent,
        List<Stage> stages,
        Learning learning,
        int batchTokens,
        Precision precision,
        int checkpointEvery,
        Tests tests) {
    private static final int MOST_STEPS = 100_000_000;

    /// How often a family stands among the harder ones at most.
    private static final int MOST_EMPHASIS = 4;

    /// What pilots of 40 to 60 M tokens had not learned when they answered the other families:
    /// mostly problems in which words are compared with words, and those whose new phrasings they
    /// did not understand.
    private static final Set<String> HARDER =
            Set.of(
                    "arrival",
                    "backwards",
                    "copy",
                    "edit",
                    "lamps",
                    "letters",
                    "lowest-terms",
                    "order",
                    "percent",
                    "pick",
                    "propositions",
                    "reversal",
                    "sets",
                    "sharing",
                    "sort",
                    "syllogism",
                    "truth");

    public NanoSettings {
        families = List.copyOf(families);
        harder = List.copyOf(harder);
        languages = List.copyOf(languages);
        stages = List.copyOf(stages);
        if (stages.isEmpty() || steps(stages) > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "%d stages of %d steps, expected at least one stage and at most %d steps; change the stages"
                            .formatted(stages.size(), steps(stages), MOST_STEPS));
        }
    }

    /// A part of the supervised training.
    ///
    /// @param steps of the optimiser
    /// @param tokens to learn in a step, at least
    /// @param levels how often each level of the suite occurs, as weights
    public record Stage(int steps, int tokens, List<Integer> levels) {
        public Stage {
            levels = List.copyOf(levels);
            if (steps < 1 || tokens < 1) {
                throw new IllegalArgumentException(
                        "a stage of %d steps of %d tokens, expected at least one of each"
                                .formatted(steps, tokens));
            }
        }

        private Stage of(int other) {
            return new Stage(other, tokens, levels);
        }

        private Stage aimedBy(Tested tested) {
            int all = levels.stream().mapToInt(weight -> weight).sum();
            double usual = 0;
            for (int level = 1; level <= levels.size(); level++) {
                usual += levels.get(level - 1) * tested.wrong(level) / all;
            }
            if (usual == 0) {
                return this;
            }
            List<Integer> aimed = new ArrayList<>();
            for (int level = 1; level <= levels.size(); level++) {
                double times = 1 + tested.wrong(level) / usual;
                aimed.add((int) Math.round(100 * levels.get(level - 1) * times));
            }
            return new Stage(steps, tokens, aimed);
        }
    }

    /// Shares of right answers of weights that go on. What is missing counts as never right.
    ///
    /// @param families by their keys
    /// @param levels from 1 on
    public record Tested(Map<String, Double> families, Map<Integer, Double> levels) {
        public Tested {
            families = Map.copyOf(families);
            levels = Map.copyOf(levels);
        }

        private double wrong(ProblemFamily family) {
            return 1 - families.getOrDefault(family.key(), 0.0);
        }

        private double wrong(int level) {
            return 1 - levels.getOrDefault(level, 0.0);
        }
    }

    /// How fast the weights move.
    ///
    /// @param rate at its peak, of matrices (Muon) and all else (AdamW)
    /// @param warmupSteps until then
    /// @param decaySteps the last ones, over which it falls
    /// @param mostGradientNorm beyond which a gradient is shortened
    public record Learning(double rate, int warmupSteps, int decaySteps, double mostGradientNorm) {
        public Learning {
            if (!(rate > 0) || Double.isInfinite(rate)) {
                throw new IllegalArgumentException(
                        "a learning rate of %s, expected one above 0".formatted(rate));
            }
            if (decaySteps < 0) {
                throw new IllegalArgumentException(
                        "the rate falls over %d steps, expected 0 or more".formatted(decaySteps));
            }
        }
    }

    /// How often and how much is tested.
    ///
    /// @param every steps between two tests on the way
    /// @param onTheWay problems of one of these
    /// @param atTheEnd problems of the last one
    public record Tests(int every, int onTheWay, int atTheEnd) {
        public Tests {
            if (every < 1 || onTheWay < 1 || atTheEnd < 1) {
                throw new IllegalArgumentException(
                        "a test of %d problems every %d steps and of %d at the end, expected at least 1 of each"
                                .formatted(onTheWay, every, atTheEnd));
            }
        }
    }

    /// The model that ships. All levels from the beginning, since an easier start gained nothing in
    /// pilots; small steps first, so that there are many (training.md, section 3.2).
    public static NanoSettings nano() {
        return new NanoSettings(
                decoder(256, 8, 8, 2, 768, 2048),
                40_000,
                ProblemFamily.all(),
                ProblemFamily.all().stream()
                        .filter(family -> HARDER.contains(family.key()))
                        .toList(),
                List.of(Language.values()),
                8,
                List.of(
                        new Stage(1_000, 1_024, List.of(1, 1, 1)),
                        new Stage(18_000, 3_072, List.of(1, 1, 1))),
                new Learning(1e-3, 100, 7_600, 1),
                2_048,
                Precision.BFLOAT16,
                100,
                new Tests(1_000, 612, 3_060));
    }

    /// A model of some minutes, which shows that the recipe teaches: one family, one language, the
    /// easiest level.
    public static NanoSettings pico() {
        return new NanoSettings(
                decoder(64, 2, 2, 1, 192, 400),
                2_000,
                List.of(ProblemFamily.of("letters").orElseThrow()),
                List.of(),
                List.of(Language.ENGLISH),
                0,
                List.of(new Stage(2_700, 1_024, List.of(1, 0, 0))),
                new Learning(8e-3, 30, 1_215, 1),
                2_048,
                Precision.BFLOAT16,
                100,
                new Tests(2_700, 100, 300));
    }

    /// Heads are 32 wide, the context is 1,024.
    private static ModelConfig decoder(
            int dim, int layers, int heads, int kvHeads, int hiddenDim, int vocab) {
        return new ModelConfig(
                dim,
                layers,
                heads,
                kvHeads,
                32,
                hiddenDim,
                vocab,
                1e-5f,
                10_000,
                Kernels.RopePairs.SPLIT_HALF,
                false,
                Optional.empty(),
                Optional.empty(),
                Integer.MAX_VALUE,
                1_024);
    }

    /// The same with other stages.
    public NanoSettings withStages(List<Stage> others) {
        return with(harder, others, learning);
    }

    /// The same for weights that were tested: what they miss is taught more often. A family comes
    /// from once, where it is always right, to nine times, where it is wrong four times as often as
    /// the mean; half of a level's lessons are its usual share of all, the other half are shared
    /// out by how often each level is wrong.
    public NanoSettings aimedBy(Tested tested) {
        double usual = families.stream().mapToDouble(tested::wrong).average().orElseThrow();
        List<ProblemFamily> missed = new ArrayList<>();
        for (ProblemFamily family : families) {
            double times = usual == 0 ? 0 : Math.round(tested.wrong(family) / usual);
            missed.addAll(Collections.nCopies((int) Math.min(times, MOST_EMPHASIS), family));
        }
        List<Stage> aimed = stages.stream().map(stage -> stage.aimedBy(tested)).toList();
        return with(missed, aimed, learning);
    }

    /// The same in so many steps: the last stages are cut short, or the last one goes on. Up to
    /// where the rate falls, all such runs are one.
    ///
    /// @param steps of all stages
    /// @param decaySteps the last ones, over which the rate falls
    public NanoSettings withSteps(int steps, int decaySteps) {
        if (decaySteps > steps) {
            throw new IllegalArgumentException(
                    "the rate falls over %d of %d steps, expected %2$d at most"
                            .formatted(decaySteps, steps));
        }
        List<Stage> others = new ArrayList<>();
        int left = steps;
        for (Stage stage : stages.subList(0, stages.size() - 1)) {
            int taken = Math.min(left, stage.steps);
            if (taken > 0) {
                others.add(stage.of(taken));
            }
            left -= taken;
        }
        if (left > 0 || others.isEmpty()) {
            others.add(stages.getLast().of(left));
        }
        var falling =
                new Learning(
                        learning.rate, learning.warmupSteps, decaySteps, learning.mostGradientNorm);
        return with(harder, others, falling);
    }

    /// The same with another learning rate at its peak.
    public NanoSettings withRate(double peak) {
        var other =
                new Learning(
                        peak, learning.warmupSteps, learning.decaySteps, learning.mostGradientNorm);
        return with(harder, stages, other);
    }

    private NanoSettings with(
            List<ProblemFamily> otherHarder, List<Stage> otherStages, Learning otherLearning) {
        return new NanoSettings(
                network,
                vocabularyLessons,
                families,
                otherHarder,
                languages,
                talkPercent,
                otherStages,
                otherLearning,
                batchTokens,
                precision,
                checkpointEvery,
                tests);
    }

    /// Steps of all stages.
    public int steps() {
        return (int) steps(stages);
    }

    private static long steps(List<Stage> stages) {
        return stages.stream().mapToLong(Stage::steps).sum();
    }

    /// The learning rate over all stages.
    Schedule schedule() {
        int decay = Math.min(learning.decaySteps, steps());
        int warmup = Math.min(learning.warmupSteps, steps() - decay);
        return new Schedule(learning.rate, warmup, steps(), decay);
    }

    /// What a stage teaches.
    Lessons.Mix mix(Stage stage) {
        List<ProblemFamily> taught = new ArrayList<>(families);
        taught.addAll(harder);
        taught.addAll(harder);
        return new Lessons.Mix(taught, languages, stage.levels, talkPercent);
    }
}
