package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.Samplers;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Guesses what a smaller model with the same vocabulary would say, which reads along.
///
/// Its tokens are sampled as the sequence's own are, with the random numbers that belong to their
/// positions: where the two models' probabilities are close, the same number picks the same token.
/// Only the sequence's masks are not asked, since they are told certain tokens alone.
///
/// It has a cache of its own, in which a sequence's positions stay computed as far as they were
/// guessed right. Before its first guess for a sequence it reads the prompt, a batch a step.
public final class DraftModel implements Drafter {
    private static final System.Logger LOG = System.getLogger(DraftModel.class.getName());

    /// Tokens that are read and guessed behind in the same step; more are read by themselves, so
    /// that what a guess takes can be measured.
    private static final int MOST_LAG = 128;

    /// Rows of logits of a batch at most.
    public static final int MOST_ROWS = Speculation.MOST_ROWS;

    /// The small model's forward pass, over a cache of its own.
    @FunctionalInterface
    public interface Forward {
        /// @return float[sampledRows][vocab], good until the next call
        Tensor logits(Batch batch);
    }

    private final Forward forward;
    private final BlockPool pool;
    private final Samplers samplers;
    private final int maxTokens;
    private final int context;
    private final Map<Sequence, Course> courses = new LinkedHashMap<>();
    private volatile boolean failed;

    /// @param forward computes `maxTokens` tokens and {@link #MOST_ROWS} rows of logits at once
    /// @param blocks of its cache
    /// @param samplers for this vocabulary
    /// @param context positions of a sequence; nothing is guessed behind them
    public DraftModel(Forward forward, int blocks, Samplers samplers, int maxTokens, int context) {
        this.forward = forward;
        this.pool = new BlockPool(blocks, 0);
        this.samplers = samplers;
        this.maxTokens = maxTokens;
        this.context = context;
    }

    @Override
    public int evidence(Sequence sequence) {
        return failed || sequence.nextPosition() >= context ? NOTHING : 0;
    }

    @Override
    public void propose(List<Sequence> sequences) {
        List<Course> going = new ArrayList<>(sequences.size());
        for (Sequence sequence : sequences) {
            Course course = courses.computeIfAbsent(sequence, Course::new);
            course.align();
            course.reads = course.count - course.computed > MOST_LAG;
            going.add(course);
        }
        going.removeIf(course -> !makeRoom(course, going));
        while (!going.isEmpty()) {
            step(going);
            going.removeIf(course -> !course.goesOn() || !makeRoom(course, going));
        }
    }

    /// Lends the blocks of what a course has, from courses that wait if need be.
    private boolean makeRoom(Course course, List<Course> going) {
        int lacking = BlockPool.blocksFor(course.count) - course.blocks.count();
        if (lacking > pool.availableBlocks()) {
            for (Course other : courses.values()) {
                if (!going.contains(other)) {
                    other.clear();
                }
            }
        }
        return lacking <= 0 || pool.lend(lacking, course.blocks);
    }

    /// Computes what courses lack, as much as a batch holds, and guesses where nothing is lacking.
    private void step(List<Course> going) {
        List<Batch.Slice> slices = new ArrayList<>(going.size());
        List<Course> complete = new ArrayList<>(going.size());
        int[] tokens = new int[maxTokens];
        int[] rows = new int[going.size()];
        int start = 0;
        for (Course course : going) {
            int count = Math.min(course.count - course.computed, maxTokens - start);
            course.guesses = false;
            if (count > 0) {
                System.arraycopy(course.tokens, course.computed, tokens, start, count);
                slices.add(new Batch.Slice(start, count, course.computed, course.blocks));
                course.computed += count;
                start += count;
                if (course.computed == course.count && !course.reads) {
                    rows[complete.size()] = start - 1;
                    complete.add(course);
                    course.guesses = true;
                }
            }
        }
        var batch =
                new Batch(
                        Arrays.copyOf(tokens, start), slices, Arrays.copyOf(rows, complete.size()));
        Tensor logits = forward.logits(batch);
        samplers.forEach(
                complete.size(), (sampler, row) -> guess(complete.get(row), sampler, logits, row));
    }

    private void guess(Course course, Sampler sampler, Tensor logits, int row) {
        try {
            int token =
                    sampler.sample(
                                    logits,
                                    row,
                                    TokenMask.Verdict.ANY,
                                    course.sampling,
                                    course.tokens,
                                    course.count)
                            .token();
            course.append(token);
            course.sequence.draft().add(token);
        } catch (IllegalStateException e) { // no reason to end an answer
            course.guesses = false;
            failed = true;
            LOG.log(System.Logger.Level.WARNING, "The draft model drafts no more", e);
        }
    }

    @Override
    public void forget(Sequence sequence) {
        Course course = courses.remove(sequence);
        if (course != null) {
            course.clear();
        }
    }

    /// What the model has read of a sequence, and its guesses.
    private final class Course {
        final Sequence sequence;
        final SamplingParams sampling;
        final BlockTable blocks = new BlockTable();
        int[] tokens = new int[64];

        /// Tokens there are.
        int count;

        /// Those whose keys and values are in the cache.
        int computed;

        /// Those that equal the sequence's for certain.
        private int certain;

        /// Whether it only reads this time.
        boolean reads;

        /// Whether the last step gave it a guess.
        boolean guesses;

        Course(Sequence sequence) {
            this.sequence = sequence;
            this.sampling = sequence.sampling().withTopLogprobs(-1);
        }

        /// Takes the sequence's tokens over: what was guessed otherwise is computed again.
        void align() {
            int[] right = sequence.tokens();
            int length = sequence.nextPosition();
            while (certain < computed && certain < length && tokens[certain] == right[certain]) {
                certain++;
            }
            computed = Math.min(certain, length - 1);
            if (tokens.length < length) {
                tokens = Arrays.copyOf(tokens, Math.max(length + 64, 2 * tokens.length));
            }
            System.arraycopy(right, certain, tokens, certain, length - certain);
            count = length;
            certain = computed;
        }

        void append(int token) {
            if (count == tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * count);
            }
            tokens[count++] = token;
        }

        boolean goesOn() {
            Draft draft = sequence.draft();
            return guesses && draft.count() < draft.wanted() && count < context;
        }

        void clear() {
            pool.takeBack(blocks);
            computed = 0;
            certain = 0;
        }
    }
}
