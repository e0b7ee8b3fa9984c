package dev.tramontane.wire;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// What is known of a request beside what its model is asked, for servers elsewhere: it holds while
/// the model is asked, on that thread.
///
/// @param affinity requests with the same are best answered by the same server; empty where the
///   conversation's beginning says it
/// @param headers that servers get, such as the trace's
public record UpstreamHint(Optional<String> affinity, Map<String, String> headers) {
    private static final ScopedValue<UpstreamHint> HELD = ScopedValue.newInstance();

    /// Nothing is known.
    public static final UpstreamHint NONE = new UpstreamHint(Optional.empty(), Map.of());

    public UpstreamHint {
        headers = Map.copyOf(headers);
    }

    static UpstreamHint held() {
        return HELD.orElse(NONE);
    }

    /// Does something with the hint held.
    public <T> T around(Supplier<T> what) {
        return ScopedValue.where(HELD, this).call(what::get);
    }
}
