package dev.tramontane.sampling;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Several masks as one: what all of them allow may come next.
///
/// They are asked in order and each narrows what those before it left. The first that says the
/// sequence ends, ends it. A mask that allows nothing of what the earlier ones left is passed over
/// for this token: two controls that both force a token must not fail a request, and the order says
/// whose word counts. What it would have stepped in with is not told then.
public final class Masks implements TokenMask {
    private final List<TokenMask> masks;
    private final int vocab;
    private BitSet left = new BitSet();
    private BitSet narrower = new BitSet();

    private Masks(List<TokenMask> masks, int vocab) {
        this.masks = masks;
        this.vocab = vocab;
    }

    /// One mask for all of these.
    ///
    /// @param vocab number of token ids
    public static TokenMask of(List<TokenMask> masks, int vocab) {
        return masks.size() == 1 ? masks.getFirst() : new Masks(List.copyOf(masks), vocab);
    }

    @Override
    public Verdict next() {
        Verdict first = Verdict.ANY;
        boolean several = false;
        for (TokenMask mask : masks) {
            Verdict verdict = mask.next();
            switch (verdict) {
                case Verdict.Any _ -> {}
                case Verdict.End _ -> {
                    return verdict;
                }
                case Verdict.Only _, Verdict.Except _, Verdict.Force _ -> {
                    if (first instanceof Verdict.Any) {
                        first = verdict;
                        continue;
                    }
                    if (!several) {
                        narrow(first, false);
                        several = true;
                    }
                    if (!narrow(verdict, true)) {
                        mask.intervened(); // which it did not
                    }
                }
            }
        }
        return several ? new Verdict.Only(left) : first;
    }

    /// @return false when the mask is passed over
    private boolean narrow(Verdict verdict, boolean restricted) {
        if (!restricted) {
            left.set(0, vocab);
        }
        narrower.clear();
        narrower.or(left);
        switch (verdict) {
            case Verdict.Only(BitSet allowed) -> narrower.and(allowed);
            case Verdict.Except(BitSet banned) -> narrower.andNot(banned);
            case Verdict.Force(int token) -> {
                boolean possible = narrower.get(token);
                narrower.clear();
                narrower.set(token, possible);
            }
            case Verdict.Any _, Verdict.End _ -> {}
        }
        if (narrower.isEmpty() && restricted) {
            return false;
        }
        BitSet before = left;
        left = narrower;
        narrower = before;
        return true;
    }

    /// The first mask that replaces the token does; the others are not asked.
    @Override
    public int instead(int token) {
        for (TokenMask mask : masks) {
            int other = mask.instead(token);
            if (other != token) {
                return other;
            }
        }
        return token;
    }

    @Override
    public Optional<Intervention> intervened() {
        Optional<Intervention> first = Optional.empty();
        for (TokenMask mask : masks) { // each is asked, since each tells once
            Optional<Intervention> one = mask.intervened();
            first = first.isPresent() ? first : one;
        }
        return first;
    }

    @Override
    public void accept(int token) {
        for (TokenMask mask : masks) {
            mask.accept(token);
        }
    }

    @Override
    public void accept(int token, boolean forced) {
        for (TokenMask mask : masks) {
            mask.accept(token, forced);
        }
    }

    @Override
    public void rollback(int count) {
        for (TokenMask mask : masks) {
            mask.rollback(count);
        }
    }
}
