package dev.tramontane.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Supervised training: the model learns to say what the examples say.
///
/// A step takes examples until they hold as many tokens to learn as it wants, lays them end to end
/// in as many batches as the transformer needs, and divides their loss by the tokens learned in the
/// whole step, so that how they were cut shows nowhere but in rounding. Whatever happens is a
/// function of weights, settings and the examples' numbers; a run that was killed goes on from its
/// last state.
///
/// One thread at a time may call.
public final class SftTrainer {
    private final Trainable weights;
    private final PolicyBackend backend;
    private final Optimizer optimizer;
    private final GradientClip clip;
    private final Examples examples;
    private final Settings settings;
    private final TokenScores scores;
    private final Checkpoints checkpoints;
    private long taken;

    /// How a run goes.
    ///
    /// @param schedule of the learning rate; it says how many steps there are
    /// @param tokensPerStep learned in a step, at least
    /// @param mostGradientNorm beyond which a gradient is shortened
    /// @param seed told to the states; examples are drawn with it by who makes them
    /// @param checkpointEvery steps between two states; the last step always leaves one
    public record Settings(
            Schedule schedule,
            int tokensPerStep,
            double mostGradientNorm,
            long seed,
            int checkpointEvery) {
        public Settings {
            if (tokensPerStep < 1 || !(mostGradientNorm > 0) || checkpointEvery < 1) {
                throw new IllegalArgumentException(
                        "steps of %d tokens, gradients up to %s, a state every %d steps; expected all above 0"
                                .formatted(tokensPerStep, mostGradientNorm, checkpointEvery));
            }
        }
    }

    /// @param backend over the weights
    /// @param optimizer of the weights
    public SftTrainer(
            Trainable weights,
            PolicyBackend backend,
            Optimizer optimizer,
            GradientClip clip,
            Examples examples,
            Checkpoints checkpoints,
            Settings settings) {
        this.weights = weights;
        this.backend = backend;
        this.optimizer = optimizer;
        this.clip = clip;
        this.examples = examples;
        this.checkpoints = checkpoints;
        this.settings = settings;
        scores = TokenScores.forAtMost(backend.limits().tokens());
    }

    /// Goes on from the last state where there is one, to the end of the schedule.
    ///
    /// @param log is told every step
    public void run(Consumer<SftStep> log) throws IOException {
        runTo(settings.schedule.steps(), log);
    }

    /// The same as far as a step, which leaves a state: from there another trainer of the same
    /// weights may go on with other examples. Where a state is as far or further, nothing is done.
    ///
    /// @param last the step, at most the schedule's last
    public void runTo(long last, Consumer<SftStep> log) throws IOException {
        runTo(last, log, () -> false);
    }

    /// The same, unless it is stopped.
    ///
    /// @param isStopped asked after every step; one that is stopped leaves a state
    public void runTo(long last, Consumer<SftStep> log, BooleanSupplier isStopped)
            throws IOException {
        resume();
        boolean goesOn = true;
        while (goesOn && optimizer.steps() < last) {
            log.accept(step());
            goesOn = !isStopped.getAsBoolean();
            boolean isLast = !goesOn || optimizer.steps() == last;
            if (isLast || optimizer.steps() % settings.checkpointEvery == 0) {
                var progress = new Checkpoints.Progress(optimizer.steps(), settings.seed, taken);
                checkpoints.save(weights, optimizer, progress);
            }
        }
    }

    private void resume() throws IOException {
        Optional<Path> latest = checkpoints.latest();
        if (latest.isEmpty()) {
            return;
        }
        Checkpoints.Progress progress = Checkpoints.load(latest.get(), weights, optimizer);
        progress.expectSeed(settings.seed, latest.get());
        taken = progress.examples();
    }

    private SftStep step() {
        List<Example> step = take();
        int learned = step.stream().mapToInt(Example::learnedTokens).sum();
        int tokens = step.stream().mapToInt(example -> example.tokens().length).sum();
        double loss = 0;
        double entropy = 0;
        weights.clearGradients();
        for (TrainingBatch batch : batches(step)) {
            backend.learn(batch, (_, _) -> -1.0 / learned, scores);
            for (int i = 0; i < batch.scored().length; i++) {
                loss -= scores.logProbs()[i];
                entropy += scores.entropies()[i];
            }
        }
        double scale = clip.scale(settings.mostGradientNorm);
        long number = optimizer.steps() + 1;
        double rate = settings.schedule.rate(number);
        optimizer.step(rate, scale);
        return new SftStep(
                number,
                rate,
                loss / learned,
                entropy / learned,
                clip.norm(),
                tokens,
                learned,
                taken);
    }

    /// The next examples, until there are tokens enough.
    private List<Example> take() {
        List<Example> step = new ArrayList<>();
        int learned = 0;
        while (learned < settings.tokensPerStep) {
            Example example = examples.at(taken);
            if (example.learnedTokens() == 0) {
                throw new IllegalArgumentException(
                        "example %d has no token to learn, expected at least one; mend what makes examples"
                                .formatted(taken));
            }
            step.add(example);
            learned += example.learnedTokens();
            taken++;
        }
        return step;
    }

    /// Examples end to end, in their order, in batches as large as the transformer takes.
    private List<TrainingBatch> batches(List<Example> step) {
        List<TrainingBatch> batches = new ArrayList<>();
        List<TrainingBatch.Part> parts = new ArrayList<>();
        int tokens = 0;
        for (Example example : step) {
            if (tokens + example.tokens().length > backend.limits().tokens() && !parts.isEmpty()) {
                batches.add(TrainingBatch.of(parts));
                parts = new ArrayList<>();
                tokens = 0;
            }
            parts.add(example.part());
            tokens += example.tokens().length;
        }
        batches.add(TrainingBatch.of(parts));
        return batches;
    }
}
