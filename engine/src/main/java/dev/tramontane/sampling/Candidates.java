package dev.tramontane.sampling;

import dev.tramontane.kernels.LogitPasses;
import dev.tramontane.tensor.Tensor;

import java.util.BitSet;

/// The tokens of a row that one is chosen from, and their logits: all tokens, or a list where few
/// are left. A candidate's *place* is its index in the vocabulary, or in the list; either way
/// places rise with the tokens' ids.
final class Candidates {
    /// Where one token in so many is left, or fewer, they are listed.
    private static final int LISTED_PART = 4;

    private final LogitPasses passes;
    private final int vocab;
    private final float[] greatest;
    private final int[] listed;
    private boolean isListed;
    private int count;

    /// The logits by place, {@link #count} of them, as bias, penalties and masks left them.
    final float[] values;

    Candidates(LogitPasses passes, int vocab) {
        this.passes = passes;
        this.vocab = vocab;
        this.values = new float[vocab];
        this.greatest = new float[LogitPasses.runs(vocab)];
        this.listed = new int[listable(vocab)];
    }

    private static int listable(int vocab) {
        return Math.max(1, vocab / LISTED_PART);
    }

    /// Bytes of the buffers that grow with the vocabulary.
    static long bytes(int vocab) {
        return Integer.BYTES * ((long) vocab + listable(vocab));
    }

    int count() {
        return count;
    }

    /// Copies a row as a model gives it: finite everywhere.
    void load(Tensor logits, int row, int position) {
        if (logits.cols() != vocab) {
            throw new IllegalArgumentException(
                    logits.cols() + " logits, expected " + vocab + ", the vocabulary");
        }
        if (!passes.copy(logits, row, values, greatest)) {
            float max = Float.NEGATIVE_INFINITY;
            float min = Float.POSITIVE_INFINITY;
            for (float logit : values) { // NaN goes through Math.max and Math.min
                max = Math.max(max, logit);
                min = Math.min(min, logit);
            }
            throw new IllegalStateException(
                    "token %d: logits from %s to %s, expected finite numbers; the model is damaged, compare its file with its source"
                            .formatted(position, min, max));
        }
        count = vocab;
        isListed = false;
    }

    /// The likeliest tokens of a row that is loaded, before anything changes it.
    int[] likeliest(int most) {
        return Likeliest.tokens(values, greatest, most);
    }

    /// To be told when values have changed.
    void changed() {
        passes.greatest(values, count, greatest);
    }

    /// The greatest value.
    float greatest() {
        float max = Float.NEGATIVE_INFINITY;
        for (int run = 0; run < LogitPasses.runs(count); run++) {
            max = Math.max(max, greatest[run]);
        }
        return max;
    }

    /// The first place of the greatest value.
    int likeliest() {
        float max = greatest();
        int run = 0;
        while (greatest[run] != max) {
            run++;
        }
        int place = run * LogitPasses.RUN;
        while (values[place] != max) {
            place++;
        }
        return place;
    }

    int token(int place) {
        return isListed ? listed[place] : place;
    }

    /// Leaves what a verdict allows of the whole vocabulary: as a list where that is few, else with
    /// −∞ over the rest.
    ///
    /// @return number of tokens allowed
    int mask(TokenMask.Verdict verdict) {
        return switch (verdict) {
            case TokenMask.Verdict.Any _ -> vocab;
            case TokenMask.Verdict.Only(BitSet allowed) -> only(allowed);
            case TokenMask.Verdict.Except(BitSet banned) -> vocab - forbid(banned);
            case TokenMask.Verdict.Force(int token) -> {
                count = 0;
                list(token);
                isListed = true;
                yield 1;
            }
            case TokenMask.Verdict.End _ ->
                    throw new IllegalArgumentException("a sequence that ends has no next token");
        };
    }

    private int only(BitSet allowed) {
        boolean fits = allowed.length() <= vocab;
        BitSet ours = fits ? allowed : allowed.get(0, vocab);
        int left = ours.cardinality();
        if (left > listed.length) {
            forbidOthers(ours.toLongArray());
        } else {
            count = 0;
            for (int token = ours.nextSetBit(0); token >= 0; token = ours.nextSetBit(token + 1)) {
                list(token);
            }
            isListed = true;
        }
        return left;
    }

    /// Writes −∞ over the tokens of a set, as a rule few.
    ///
    /// @return number of tokens forbidden
    private int forbid(BitSet banned) {
        int forbidden = 0;
        for (int token = banned.nextSetBit(0);
                token >= 0 && token < vocab;
                token = banned.nextSetBit(token + 1)) {
            values[token] = Float.NEGATIVE_INFINITY;
            forbidden++;
        }
        return forbidden;
    }

    /// Writes −∞ over all tokens but those of a set.
    ///
    /// @param words of the set
    private void forbidOthers(long[] words) {
        for (int from = 0; from < vocab; from += Long.SIZE) {
            int word = from / Long.SIZE;
            long bits = word < words.length ? ~words[word] : ~0L;
            if (vocab - from < Long.SIZE) {
                bits &= (1L << vocab) - 1;
            }
            for (; bits != 0; bits &= bits - 1) {
                values[from + Long.numberOfTrailingZeros(bits)] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /// Leaves only the candidates in front, where there is room for a list of them.
    ///
    /// @param weights by place; those that are left go with their candidates
    /// @return whether there was
    boolean keep(Front front, float[] weights) {
        int left = front.list(weights, count);
        if (left > listed.length) {
            return false;
        }
        count = 0;
        for (int i = 0; i < left; i++) {
            int place = front.listed(i);
            weights[count] = weights[place];
            list(place);
        }
        isListed = true;
        return true;
    }

    /// Lists a candidate behind those that are listed, all of which came before it.
    private void list(int place) {
        listed[count] = token(place);
        values[count++] = values[place];
    }
}
