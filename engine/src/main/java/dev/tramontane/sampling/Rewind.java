package dev.tramontane.sampling;

import java.util.ArrayDeque;
import java.util.Deque;

/// The states that something was in before each of the last tokens, so that tokens can be taken
/// back. States are immutable; taking back is putting an older one in place.
///
/// @param <S> the state
public final class Rewind<S> {
    /// Tokens that can be taken back; drafts are far shorter.
    public static final int LONGEST = 256;

    private final Deque<S> earlier = new ArrayDeque<>();

    /// A token comes; the state before it was this.
    public void before(S state) {
        earlier.addLast(state);
        if (earlier.size() > LONGEST) {
            earlier.removeFirst();
        }
    }

    /// The state before the last `count` tokens, which are forgotten.
    ///
    /// @param count one at least
    public S takeBack(int count) {
        if (count > earlier.size()) {
            throw new IllegalArgumentException(
                    "cannot take back "
                            + count
                            + " tokens, only the last "
                            + earlier.size()
                            + " are remembered");
        }
        for (int i = 1; i < count; i++) {
            earlier.removeLast();
        }
        return earlier.removeLast();
    }
}
