package dev.tramontane.train.grpo;

import dev.tramontane.engine.Engine;
import dev.tramontane.engine.Generation;
import dev.tramontane.engine.GenerationRequest;
import dev.tramontane.engine.TokenEvent;
import dev.tramontane.sampling.SamplingParams;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// Samples groups of completions through an engine, which batches whatever is under way and
/// computes a group's prompt once.
///
/// Tokens are drawn at temperature 1 without any filter, so that the log-probabilities that come
/// with them are those of the policy itself. Which tokens are drawn is a function of weights, seed,
/// problem and place in the group: what runs beside a completion never shows.
///
/// Safe for any number of threads.
public final class Rollouts {
    /// Completions under way at most: as many as may wait in an engine, so that none is refused.
    public static final int MOST_UNDER_WAY = 256;

    private final Engine engine;
    private final Problems problems;
    private final Settings settings;

    /// How completions are sampled.
    ///
    /// @param groupSize completions of a problem
    /// @param maxTokens of a completion
    /// @param stopTokens end a completion, and are part of it
    /// @param seed of the random numbers
    public record Settings(int groupSize, int maxTokens, Set<Integer> stopTokens, long seed) {
        public Settings {
            stopTokens = Set.copyOf(stopTokens);
            if (groupSize < 1 || groupSize > MOST_UNDER_WAY || maxTokens < 1) {
                throw new IllegalArgumentException(
                        "groups of %d completions of at most %d tokens; expected 1 to %d, and 1 or more"
                                .formatted(groupSize, maxTokens, MOST_UNDER_WAY));
            }
            if (stopTokens.isEmpty()) {
                throw new IllegalArgumentException(
                        "no token ends a completion, expected one at least; name the vocabulary's end of text");
            }
        }

        /// As a run of reinforcement learning wants them.
        public static Settings of(GrpoConfig config, Set<Integer> stopTokens) {
            return new Settings(
                    config.groupSize(), config.rewards().maxTokens(), stopTokens, config.seed());
        }
    }

    /// @param engine over the policy's weights; stays the caller's
    public Rollouts(Engine engine, Problems problems, Settings settings) {
        this.engine = engine;
        this.problems = problems;
        this.settings = settings;
    }

    Engine engine() {
        return engine;
    }

    /// Groups that may be under way together.
    int mostGroups() {
        return MOST_UNDER_WAY / settings.groupSize;
    }

    /// Samples a problem's completions and waits for them; whoever interrupts the thread ends them.
    public List<Trajectory> sample(long number) {
        Pending pending = submit(number);
        try {
            return pending.trajectories();
        } finally {
            pending.cancel();
        }
    }

    /// Begins a problem's completions.
    ///
    /// @throws IllegalArgumentException when prompt and completion do not fit the engine's context
    Pending submit(long number) {
        Question question = problems.at(number);
        int room = engine.context() - question.prompt().length;
        if (room < settings.maxTokens) {
            throw new IllegalArgumentException(
                    "problem %s: a prompt of %d tokens and %d for the completion, expected %d together at most; allow shorter completions or open the engine with a larger context"
                            .formatted(
                                    question.problem().id(),
                                    question.prompt().length,
                                    settings.maxTokens,
                                    engine.context()));
        }
        var seeds = new SplittableRandom(new SplittableRandom(settings.seed).nextLong() + number);
        List<Generation> generations = new ArrayList<>();
        try {
            for (int i = 0; i < settings.groupSize; i++) {
                generations.add(engine.submit(request(question, seeds.nextLong())));
            }
        } catch (RuntimeException refused) {
            generations.forEach(Generation::close);
            throw refused;
        }
        return new Pending(number, question, generations, settings.stopTokens);
    }

    private GenerationRequest request(Question question, long seed) {
        var sampling = new SamplingParams(1, 0, 1, 0, seed, settings.maxTokens, 0);
        return new GenerationRequest(
                question.prompt(), sampling, Set.of(), List.of(new StopAfter(settings.stopTokens)));
    }

    /// Completions under way.
    record Pending(
            long number, Question question, List<Generation> generations, Set<Integer> stopTokens) {
        /// Waits for all of them, and has them graded.
        RolloutGroup graded(Verifier verifier) {
            List<Trajectory> trajectories = new ArrayList<>();
            List<Reward> rewards = new ArrayList<>();
            for (Generation generation : generations) {
                Trajectory trajectory = read(generation);
                trajectories.add(trajectory);
                rewards.add(verifier.verify(question, trajectory));
            }
            return new RolloutGroup(number, question, trajectories, rewards);
        }

        /// Waits for all of them.
        List<Trajectory> trajectories() {
            return generations.stream().map(this::read).toList();
        }

        private Trajectory read(Generation generation) {
            List<TokenEvent.Sampled> sampled = new ArrayList<>();
            for (TokenEvent event : generation.readAll()) {
                switch (event) {
                    case TokenEvent.Sampled token -> sampled.add(token);
                    case TokenEvent.Progress _, TokenEvent.Intervened _, TokenEvent.Finished _ -> {}
                }
            }
            int tokens = sampled.size();
            if (tokens == 0) {
                throw new IllegalStateException(
                        "problem %s: a completion has no token, expected one at least; it was cancelled"
                                .formatted(question.problem().id()));
            }
            int[] completion = new int[tokens];
            float[] logProbs = new float[tokens];
            boolean[] forced = new boolean[tokens];
            for (int i = 0; i < tokens; i++) {
                completion[i] = sampled.get(i).token();
                logProbs[i] = sampled.get(i).logprob();
                forced[i] = sampled.get(i).forced();
            }
            Generation.WeightsVersions weights = generation.weights().orElseThrow();
            return new Trajectory(
                    question.prompt(),
                    completion,
                    logProbs,
                    forced,
                    !stopTokens.contains(completion[tokens - 1]),
                    weights.first(),
                    weights.last());
        }

        /// Ends them.
        void cancel() {
            generations.forEach(Generation::close);
        }
    }
}
