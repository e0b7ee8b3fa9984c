package dev.tramontane.train.grpo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Completions sampled when they are asked for, from the newest weights, which trainer and engine
/// share: no copy, no thread, nothing stale. Completions are graded while the engine computes those
/// behind them.
public final class OnPolicyRollouts implements RolloutSource {
    private final Rollouts rollouts;
    private final Verifier verifier;

    /// @param rollouts through an engine over the very weights that learn
    public OnPolicyRollouts(Rollouts rollouts, Verifier verifier) {
        this.rollouts = rollouts;
        this.verifier = verifier;
    }

    @Override
    public List<RolloutGroup> take(long first, int count) {
        List<RolloutGroup> groups = new ArrayList<>();
        Deque<Rollouts.Pending> underWay = new ArrayDeque<>();
        try {
            for (long number = first; number < first + count; number++) {
                if (underWay.size() == rollouts.mostGroups()) {
                    groups.add(finishFirst(underWay));
                }
                underWay.add(rollouts.submit(number));
            }
            while (!underWay.isEmpty()) {
                groups.add(finishFirst(underWay));
            }
            return groups;
        } finally {
            underWay.forEach(Rollouts.Pending::cancel);
        }
    }

    /// The first stays among those under way until it has ended.
    private RolloutGroup finishFirst(Deque<Rollouts.Pending> underWay) {
        RolloutGroup group = underWay.getFirst().graded(verifier);
        underWay.removeFirst();
        return group;
    }

    @Override
    public void publish(long version) {
        rollouts.engine().weightsChanged(version);
    }

    @Override
    public void close() {}
}
