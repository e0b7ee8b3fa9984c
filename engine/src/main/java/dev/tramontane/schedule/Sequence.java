package dev.tramontane.schedule;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockPool;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.KvCache;
import dev.tramontane.cache.PrefixChain;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.Masks;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// One request: its tokens, how many of them are computed, and where their keys and values lie.
///
/// Most generate tokens. Some are only read: their tokens' hidden states are what is wanted, and
/// they end when all are computed.
///
/// The scheduler's thread alone may call, but for {@link #cancel}, and for what a {@link Turn} asks
/// while it chooses.
public final class Sequence {
    /// Whoever reads what becomes of a sequence. Called on the scheduler's thread; it must not
    /// block and must not throw. The last call is {@link #finished} or {@link #failed}.
    public interface Listener {
        /// The sequence waits behind `queuePosition` − 1 others, or runs (0) and has so much of its
        /// prompt computed. Told as it gets further, and, of one that was set back, when it waits
        /// and when it runs again; what it then computes again is not told.
        ///
        /// @param cachedTokens of those computed, the ones that were not for this sequence
        void progress(int queuePosition, int computedTokens, int cachedTokens);

        /// A token was appended.
        void sampled(Choice choice);

        /// Control stepped in; what it does begins with the next token, or is the end.
        void intervened(Intervention what);

        /// The end.
        ///
        /// @param repeatedTokens so many of the last tokens only repeat those before them
        /// @param cachedTokens tokens of the prompt that were not computed for this sequence, since
        ///   their keys and values were there
        void finished(FinishReason reason, int repeatedTokens, int cachedTokens);

        /// The end, by an error.
        void failed(Throwable cause);
    }

    private static final int UNTOLD = -1;

    private final int promptTokens;
    private final SamplingParams sampling;
    private final Set<Integer> stopTokens;
    private final TokenMask mask;
    private final int longest;
    private final boolean endsAtContext;
    private final Claim claim;
    private final Listener listener;
    private final Optional<StatePool> states;
    private final SequenceImages images;
    private final BlockTable blocks = new BlockTable();
    private final Draft draft = new Draft();
    private int[] tokens;
    private int count;
    private int computed;
    private int reached;
    private int cachedTokens;
    private int repeatedTokens;
    private int toldPlace = UNTOLD;
    private boolean isOutdated;
    private volatile boolean cancelled;
    private volatile Speculation.Totals drafts = Speculation.Totals.NONE;

    /// The scheduler's notes.
    private Owner owner = Owner.NOBODY;

    private long arrival;
    private boolean started;
    private int passes;
    private int standing;
    private int share;
    private long urgency;

    /// @param prompt shared, not changed
    /// @param mask what may come next
    /// @param context tokens it may have at most, prompt included
    public Sequence(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            TokenMask mask,
            int context,
            Claim claim,
            Listener listener) {
        this(
                prompt,
                sampling,
                stopTokens,
                mask,
                context,
                claim,
                listener,
                SequenceImages.none(),
                Optional.empty());
    }

    /// One that shows images.
    ///
    /// @param images its own; the claim's prefix, where there is one, knows of them
    public Sequence(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            TokenMask mask,
            int context,
            Claim claim,
            Listener listener,
            SequenceImages images) {
        this(
                prompt,
                sampling,
                stopTokens,
                mask,
                context,
                claim,
                listener,
                images,
                Optional.empty());
    }

    private Sequence(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            TokenMask mask,
            int context,
            Claim claim,
            Listener listener,
            SequenceImages images,
            Optional<StatePool> states) {
        this.images = images;
        this.promptTokens = prompt.length;
        this.tokens = Arrays.copyOf(prompt, prompt.length + 32);
        this.count = prompt.length;
        this.sampling = sampling;
        this.stopTokens = stopTokens;
        this.mask = mask;
        this.endsAtContext = sampling.maxTokens() > context - prompt.length;
        this.longest = endsAtContext ? context : prompt.length + sampling.maxTokens();
        this.claim = claim;
        this.listener = listener;
        this.states = states;
    }

    /// One that is only read.
    ///
    /// @param prompt shared, not changed
    /// @param claim which shares no blocks: what others computed has no hidden states any more
    /// @param listener told of the end with {@link FinishReason#STOP}
    public static Sequence read(int[] prompt, StatePool states, Claim claim, Listener listener) {
        return new Sequence(
                prompt,
                SamplingParams.greedy(1), // nothing is ever chosen
                Set.of(),
                Masks.of(List.of(), 0),
                prompt.length,
                claim,
                listener,
                SequenceImages.none(),
                Optional.of(states));
    }

    /// Ends the sequence before its next step. Any thread may call, any number of times.
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    String ownerName() {
        return claim.owner();
    }

    /// The scheduler takes it over.
    ///
    /// @param number of those that arrived before
    void arrive(Owner newOwner, long number) {
        owner = newOwner;
        arrival = number;
    }

    Owner owner() {
        return owner;
    }

    /// Its number in the order of arrival.
    long arrival() {
        return arrival;
    }

    /// Runs, perhaps again; a reader who was told that it waits again is told so.
    ///
    /// @return whether for the first time
    boolean start() {
        boolean first = !started;
        started = true;
        if (!first && toldPlace != UNTOLD) {
            listener.progress(0, reachedOfPrompt(), cachedTokens);
        }
        toldPlace = UNTOLD;
        return first;
    }

    boolean hasStarted() {
        return started;
    }

    /// Another started while this one waits.
    void passOver() {
        passes++;
    }

    /// Whether it gives way to those that do not: until it has done so often enough.
    boolean yields() {
        return claim.yields() && passes < Scheduler.MOST_PASSES;
    }

    /// Whether so many have started before it that it is next: else an endless stream of new owners
    /// could keep it waiting.
    boolean isOverdue() {
        return passes >= Scheduler.OVERDUE_PASSES;
    }

    /// How many running sequences of its owner stand before it.
    int standing() {
        return standing;
    }

    void standAt(int place) {
        standing = place;
    }

    /// Tokens that it computes in this step.
    int share() {
        return share;
    }

    void share(int tokenCount) {
        share = tokenCount;
    }

    /// What was served to the least served owner that waits for what this sequence computes.
    long urgency() {
        return urgency;
    }

    void urgency(long served) {
        urgency = served;
    }

    /// Tokens it can grow to: what its blocks must hold.
    int longest() {
        return longest;
    }

    /// Tokens that no step has computed yet; one at least.
    int pending() {
        return count - computed;
    }

    int computed() {
        return computed;
    }

    /// Those of the pending tokens that can be computed now: up to an image that is not encoded
    /// yet.
    int computable() {
        return images.end(computed, count) - computed;
    }

    SequenceImages images() {
        return images;
    }

    /// Images that it waits for, or will.
    List<SequenceImages.Placed> lackingImages() {
        return images.lacking(computed);
    }

    /// Adds the vectors of images among the tokens of this step.
    ///
    /// @param row of the batch at which they begin
    void give(int row, List<Batch.Given> given) {
        images.give(computed, computed + share, row, given);
    }

    BlockTable blocks() {
        return blocks;
    }

    /// What may follow its tokens.
    Draft draft() {
        return draft;
    }

    /// Tokens that may be drafted: one more is sampled behind them.
    int draftable() {
        return longest - count - 1;
    }

    /// Tokens of this step, drafted ones included.
    int rows() {
        return share + draft.count();
    }

    /// Copies the tokens of this step.
    void copyRows(int[] out, int at) {
        System.arraycopy(tokens, computed, out, at, share);
        draft.copyTo(out, at + share);
    }

    /// Counts tokens that were computed as its drafts, and those of them that were right.
    void countDrafts(int drafted, int accepted) {
        drafts = drafts.plus(drafted, accepted);
    }

    /// What its drafts came to so far. Any thread may call.
    public Speculation.Totals drafts() {
        return drafts;
    }

    /// Keeps the keys and values of the drafted token behind what is computed: it was the right
    /// one.
    void keepDrafted(BlockPool pool) {
        share = 1;
        advance(pool);
    }

    /// Whether the block that is computed next is full of tokens already known, others besides: a
    /// block that can be adopted, since a token is left to compute.
    private boolean canAdopt(int index) {
        return shares() && (index + 1) * KvCache.BLOCK_SIZE < count;
    }

    /// Whether its blocks are shared: not those that other weights than today's computed, in part
    /// at least.
    private boolean shares() {
        return claim.prefix().isPresent() && !isOutdated;
    }

    /// The model has other weights now; the sequence goes on with what is computed.
    void weightsChanged() {
        isOutdated = computed > 0;
    }

    /// Takes kept blocks instead of computing what is in them, as far as they go.
    void adopt(BlockPool pool) {
        int first = computed / KvCache.BLOCK_SIZE;
        int index = first;
        while (canAdopt(index) && pool.adopt(blocks, index, claim.prefix().orElseThrow(), tokens)) {
            index++;
        }
        if (index > first) {
            reach(index * KvCache.BLOCK_SIZE, true);
        }
    }

    /// How much of it is kept.
    BlockPool.Match kept(BlockPool pool) {
        int most = (count - 1) / KvCache.BLOCK_SIZE;
        return claim.prefix()
                .map(chain -> pool.match(chain, tokens, most))
                .orElse(new BlockPool.Match(0, 0));
    }

    /// Whether another computes in this step what this one would compute next and could adopt.
    boolean waitsFor(Sequence other) {
        int index = computed / KvCache.BLOCK_SIZE;
        int othersIndex = other.computed / KvCache.BLOCK_SIZE;
        return index == othersIndex
                && canAdopt(index)
                && other.shares()
                && (index + 1) * KvCache.BLOCK_SIZE <= other.count
                && hash(index) == other.hash(index);
    }

    private long hash(int index) {
        return claim.prefix().orElseThrow().hash(index, tokens);
    }

    /// The step's share is computed: blocks that became full are kept.
    void advance(BlockPool pool) {
        int firstOpen = computed / KvCache.BLOCK_SIZE;
        owner.serve(Math.max(0, computed + share - Math.max(computed, reached)));
        reach(computed + share, false);
        if (!shares()) {
            return;
        }
        PrefixChain chain = claim.prefix().orElseThrow();
        for (int index = firstOpen; index < computed / KvCache.BLOCK_SIZE; index++) {
            pool.keep(blocks, index, chain, tokens);
        }
    }

    private void reach(int position, boolean cached) {
        computed = position;
        int before = reachedOfPrompt();
        reached = Math.max(reached, position);
        int now = reachedOfPrompt();
        if (now > before) {
            cachedTokens += cached ? now - before : 0;
            listener.progress(0, now, cachedTokens);
        }
    }

    /// Tokens of the prompt that have been computed, be it that they were lost again.
    private int reachedOfPrompt() {
        return Math.min(reached, promptTokens);
    }

    /// Whether it generates nothing.
    boolean isRead() {
        return states.isPresent();
    }

    /// Rows of this step whose hidden states are wanted, counted from the sequence's first.
    IntStream stateRows() {
        return states.stream()
                .flatMapToInt(
                        pool -> IntStream.range(0, share).filter(i -> pool.wants(computed + i)));
    }

    /// Forgets what is computed; the tokens stay. The caller takes the blocks.
    void setBack() {
        states.ifPresent(StatePool::clear);
        computed = 0;
        isOutdated = false;
    }

    /// Tokens of the prompt that were not computed for this sequence.
    int cachedTokens() {
        return cachedTokens;
    }

    /// The sequence's place among those that wait, 1 for the next; told when it changes.
    void waitsAt(int place) {
        if (place != toldPlace) {
            toldPlace = place;
            listener.progress(place, reachedOfPrompt(), cachedTokens);
        }
    }

    /// Where hidden states go; empty where tokens are generated.
    Optional<StatePool> states() {
        return states;
    }

    /// What may come next.
    TokenMask mask() {
        return mask;
    }

    Listener listener() {
        return listener;
    }

    SamplingParams sampling() {
        return sampling;
    }

    /// The tokens so far, {@link #nextPosition} of them; shared, and good until the next is
    /// appended.
    int[] tokens() {
        return tokens;
    }

    /// The index that the next token will have.
    int nextPosition() {
        return count;
    }

    int lastToken() {
        return tokens[count - 1];
    }

    boolean stopsAt(int token) {
        return stopTokens.contains(token);
    }

    /// Appends a token.
    void append(Choice choice) {
        mask.accept(choice.token(), choice.forced());
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(longest, count + (count >> 1)));
        }
        tokens[count++] = choice.token();
    }

    /// Whether it has grown to its longest.
    boolean isFull() {
        return count == longest;
    }

    /// Why a sequence that is full ends.
    FinishReason whyFull() {
        return endsAtContext ? FinishReason.CONTEXT_FULL : FinishReason.LENGTH;
    }

    /// So many of the last tokens only repeat those before them; told with the end.
    void repeats(int lastTokens) {
        repeatedTokens = lastTokens;
    }

    void finish(FinishReason reason) {
        listener.finished(reason, repeatedTokens, cachedTokens);
    }

    void fail(Throwable cause) {
        listener.failed(cause);
    }
}
