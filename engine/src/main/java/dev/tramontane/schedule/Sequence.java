package dev.tramontane.schedule;

import dev.tramontane.cache.BlockTable;
import dev.tramontane.sampling.Choice;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;

import java.util.Arrays;
import java.util.Set;

/// One request: its tokens, how many of them are computed, and where their keys and values lie.
///
/// The scheduler's thread alone may call, but for {@link #cancel}.
public final class Sequence {
    /// Whoever reads what becomes of a sequence. Called on the scheduler's thread; it must not
    /// block and must not throw. The last call is {@link #finished} or {@link #failed}.
    public interface Listener {
        /// The sequence waits behind `queuePosition` − 1 others, or runs (0) and has so much of its
        /// prompt computed.
        void progress(int queuePosition, int computedTokens);

        /// A token was appended.
        void sampled(Choice choice);

        /// Control stepped in; what it does begins with the next token, or is the end.
        void intervened(Intervention what);

        /// The end.
        ///
        /// @param repeatedTokens so many of the last tokens only repeat those before them
        void finished(FinishReason reason, int repeatedTokens);

        /// The end, by an error.
        void failed(Throwable cause);
    }

    private final int promptTokens;
    private final SamplingParams sampling;
    private final Set<Integer> stopTokens;
    private final TokenMask mask;
    private final int longest;
    private final boolean endsAtContext;
    private final Listener listener;
    private final BlockTable blocks = new BlockTable();
    private int[] tokens;
    private int count;
    private int computed;
    private int repeatedTokens;
    private int reportedPlace = -1;
    private volatile boolean cancelled;

    /// @param prompt shared, not changed
    /// @param mask what may come next
    /// @param context tokens it may have at most, prompt included
    public Sequence(
            int[] prompt,
            SamplingParams sampling,
            Set<Integer> stopTokens,
            TokenMask mask,
            int context,
            Listener listener) {
        this.promptTokens = prompt.length;
        this.tokens = Arrays.copyOf(prompt, prompt.length + 32);
        this.count = prompt.length;
        this.sampling = sampling;
        this.stopTokens = stopTokens;
        this.mask = mask;
        this.endsAtContext = sampling.maxTokens() > context - prompt.length;
        this.longest = endsAtContext ? context : prompt.length + sampling.maxTokens();
        this.listener = listener;
    }

    /// Ends the sequence before its next step. Any thread may call, any number of times.
    public void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /// Tokens it can grow to: what its blocks must hold.
    int longest() {
        return longest;
    }

    /// Tokens that no step has computed yet; one at least while the sequence runs.
    int pending() {
        return count - computed;
    }

    int computed() {
        return computed;
    }

    BlockTable blocks() {
        return blocks;
    }

    /// Copies the next `length` pending tokens.
    void copyPending(int length, int[] out, int at) {
        System.arraycopy(tokens, computed, out, at, length);
    }

    /// So many more tokens are computed.
    void advance(int newlyComputed) {
        if (computed < promptTokens) {
            listener.progress(0, Math.min(computed + newlyComputed, promptTokens));
        }
        computed += newlyComputed;
    }

    /// The sequence's place among those that wait, 1 for the next; told when it changes.
    void waitsAt(int place) {
        if (place != reportedPlace) {
            reportedPlace = place;
            listener.progress(place, 0);
        }
    }

    /// What the mask says about the next token; an intervention is reported.
    TokenMask.Verdict verdict() {
        TokenMask.Verdict verdict = mask.next();
        mask.intervened().ifPresent(listener::intervened);
        return verdict;
    }

    /// What comes in a chosen token's place; an intervention is reported.
    int instead(int token) {
        int other = mask.instead(token);
        if (other != token) {
            mask.intervened().ifPresent(listener::intervened);
        }
        return other;
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

    boolean stopsAt(int token) {
        return stopTokens.contains(token);
    }

    /// Appends and reports a token.
    void append(Choice choice) {
        mask.accept(choice.token(), choice.forced());
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.min(longest, count + (count >> 1)));
        }
        tokens[count++] = choice.token();
        listener.sampled(choice);
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
        listener.finished(reason, repeatedTokens);
    }

    void fail(Throwable cause) {
        listener.failed(cause);
    }
}
