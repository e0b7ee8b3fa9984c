package dev.tramontane.train.grpo;

import dev.tramontane.train.Checkpoints;
import dev.tramontane.train.GradientClip;
import dev.tramontane.train.Optimizer;
import dev.tramontane.train.PolicyBackend;
import dev.tramontane.train.TokenScores;
import dev.tramontane.train.Trainable;
import dev.tramontane.train.TrainingBatch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Reinforcement learning with verifiable rewards: GRPO with the five changes of the Magistral
/// report (2025, section 2.1), one {@link #step} after the other. No KL term and no reference
/// model; a group's loss divided by its tokens; advantages centred on the group and normalised over
/// the minibatch; a wider clip above; groups of equal reward removed.
///
/// Where this departs from the report, beside the settings of {@link GrpoConfig}:
///
/// - A batch that teaches nothing at all is drawn again from the next problems; else removed groups
///   are not replaced.
/// - Minibatches are made of whole groups, dealt out by turns, so that each group's loss is divided
///   by its own tokens. The report does not say.
/// - Completions are used in the order of their problems and not as they finish, so that the
///   staleness has a bound and length no say ({@link RolloutQueue}).
/// - Answers other than programs are graded in this process, within limits of time; programs in the
///   sandbox of the evaluation.
/// - Completions are cut off at l_max. One that is cut off is graded like any other.
/// - One that is out of form loses nothing by its length and wins nothing by its language ({@link
///   Reward#outOfForm}); languages are told by words and scripts, not by fastText.
///
/// Synchronous ({@link OnPolicyRollouts}), a run is a function of weights, settings and problems,
/// whatever the number of threads; one that was killed goes on from its last state to the same
/// bits.
///
/// One thread at a time may call.
public final class GrpoTrainer {
    /// Batches in a row of which none taught anything; then something is wrong with the problems.
    private static final int MOST_DRAWS = 64;

    private final Trainable weights;
    private final PolicyBackend backend;
    private final Optimizer optimizer;
    private final GradientClip clip;
    private final RolloutSource source;
    private final Checkpoints checkpoints;
    private final GrpoConfig config;
    private final TokenScores scores;
    private long steps;
    private long taken;

    /// What was drawn in a step.
    ///
    /// @param kept those of all groups that teach
    private record Drawn(List<RolloutGroup> all, List<RolloutGroup> kept) {}

    /// @param backend over the weights
    /// @param optimizer of the weights
    /// @param source of completions; stays the caller's
    public GrpoTrainer(
            Trainable weights,
            PolicyBackend backend,
            Optimizer optimizer,
            GradientClip clip,
            RolloutSource source,
            Checkpoints checkpoints,
            GrpoConfig config) {
        this.weights = weights;
        this.backend = backend;
        this.optimizer = optimizer;
        this.clip = clip;
        this.source = source;
        this.checkpoints = checkpoints;
        this.config = config;
        scores = TokenScores.forAtMost(backend.limits().tokens());
    }

    /// Goes on from the last state where there is one, to the end of the schedule.
    ///
    /// @param log is told every step, before its state is saved
    public void run(Consumer<GrpoStep> log) throws IOException {
        run(log, () -> false);
    }

    /// The same, unless it is stopped.
    ///
    /// @param isStopped asked after every step; one that is stopped leaves a state
    public void run(Consumer<GrpoStep> log, BooleanSupplier isStopped) throws IOException {
        resume();
        boolean goesOn = true;
        while (goesOn && steps < config.schedule().steps()) {
            log.accept(step());
            goesOn = !isStopped.getAsBoolean();
            boolean isLast = !goesOn || steps == config.schedule().steps();
            if (isLast || steps % config.checkpointEvery() == 0) {
                save(taken);
            }
        }
    }

    private void save(long problems) throws IOException {
        var progress = new Checkpoints.Progress(steps, optimizer.steps(), config.seed(), problems);
        checkpoints.save(weights, optimizer, progress);
    }

    private void resume() throws IOException {
        Optional<Path> latest = checkpoints.latest();
        if (latest.isPresent()) {
            Checkpoints.Progress progress = Checkpoints.load(latest.get(), weights, optimizer);
            progress.expectSeed(config.seed(), latest.get());
            steps = progress.steps();
            taken = progress.examples();
        }
        source.publish(steps);
    }

    /// Draws completions, learns from those whose groups differ, and publishes the weights.
    private GrpoStep step() throws IOException {
        long began = System.nanoTime();
        Drawn drawn = draw();
        long sampled = System.nanoTime();

        double rate = config.schedule().rate(steps + 1);
        var log = new StepRecorder();
        for (List<RolloutGroup> minibatch : minibatches(drawn.kept)) {
            weights.clearGradients();
            for (List<GrpoLoss.Graded> part : microbatches(minibatch)) {
                GrpoLoss loss = GrpoLoss.of(part, config.clip());
                backend.learn(batch(part), loss, scores);
                log.learned(part, loss, scores);
            }
            optimizer.step(rate, clip.scale(config.mostGradientNorm()));
            log.updated(clip.norm());
        }
        GrpoStep step =
                log.step(
                        steps + 1,
                        rate,
                        taken,
                        drawn.all,
                        drawn.kept,
                        Duration.ofNanos(sampled - began),
                        Duration.ofNanos(System.nanoTime() - sampled));
        source.publish(++steps);
        return step;
    }

    /// The next batch, and more where nothing of it teaches. Where none of many does, the state is
    /// saved as it was before them.
    private Drawn draw() throws IOException {
        long before = taken;
        List<RolloutGroup> all = new ArrayList<>();
        for (int draw = 0; draw < MOST_DRAWS; draw++) {
            all.addAll(source.take(taken, config.groups()));
            taken += config.groups();
            List<RolloutGroup> kept =
                    all.stream().filter(group -> group.teaches(config.diversity())).toList();
            if (!kept.isEmpty()) {
                return new Drawn(List.copyOf(all), kept);
            }
        }
        save(before);
        throw new IllegalArgumentException(
                "step %d: in %d groups all completions earned the same (%d all right, %d all wrong), expected some that differ; take easier or harder problems, or larger groups"
                        .formatted(
                                steps + 1,
                                all.size(),
                                all.stream().filter(RolloutGroup::isSolved).count(),
                                all.stream().filter(RolloutGroup::isFailed).count()));
    }

    /// Groups dealt out by turns; fewer minibatches where there are fewer groups.
    private List<List<RolloutGroup>> minibatches(List<RolloutGroup> kept) {
        int count = Math.min(config.minibatches(), kept.size());
        List<List<RolloutGroup>> minibatches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            minibatches.add(new ArrayList<>());
        }
        for (int i = 0; i < kept.size(); i++) {
            minibatches.get(i % count).add(kept.get(i));
        }
        return minibatches;
    }

    private List<List<GrpoLoss.Graded>> microbatches(List<RolloutGroup> minibatch) {
        return Microbatches.pack(graded(minibatch, config), backend.limits().tokens());
    }

    /// A minibatch's completions with their advantages and weights.
    static List<GrpoLoss.Graded> graded(List<RolloutGroup> minibatch, GrpoConfig config) {
        List<Advantages.Group> advantages =
                Advantages.of(
                        minibatch.stream().map(RolloutGroup::totals).toList(),
                        config.advantageNormalisation());
        List<GrpoLoss.Graded> graded = new ArrayList<>();
        for (Advantages.Group group : advantages) {
            List<Trajectory> trajectories = minibatch.get(group.index()).trajectories();
            int groupTokens = minibatch.get(group.index()).sampledTokens();
            for (int i = 0; i < trajectories.size(); i++) {
                Trajectory trajectory = trajectories.get(i);
                double weight =
                        switch (config.lossNormalisation()) {
                            case GROUP -> GrpoLoss.weight(advantages.size(), groupTokens);
                            case SEQUENCE ->
                                    GrpoLoss.weight(
                                            advantages.size() * trajectories.size(),
                                            trajectory.sampledTokens());
                        };
                graded.add(new GrpoLoss.Graded(trajectory, group.advantages()[i], weight));
            }
        }
        return graded;
    }

    private static TrainingBatch batch(List<GrpoLoss.Graded> part) {
        return TrainingBatch.of(part.stream().map(one -> one.trajectory().part()).toList());
    }
}
