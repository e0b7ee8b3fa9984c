package dev.tramontane.wire;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How a hub is reached.
///
/// @param base its address, such as `https://huggingface.co`
/// @param token that it knows the caller by; sent to this address alone
/// @param environment whose `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` count
/// @param stall after which a connection that brings nothing is given up
/// @param pause how to wait between two tries
public record HubOptions(
        String base,
        Optional<String> token,
        Map<String, String> environment,
        Duration stall,
        Pause pause) {
    /// The public hub of Hugging Face.
    public static final String PUBLIC = "https://huggingface.co";

    private static final Duration USUAL_STALL = Duration.ofSeconds(30);

    /// @throws IllegalArgumentException when the token is none; it is not quoted
    public HubOptions {
        Bearer.check("the hub's token", token);
        environment = Map.copyOf(environment);
    }

    /// Lets time pass.
    public interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    /// @param base of the hub
    public static HubOptions of(
            String base, Optional<String> token, Map<String, String> environment) {
        return new HubOptions(base, token, environment, USUAL_STALL, Thread::sleep);
    }

    /// The hub alone: token and environment are nobody's to read.
    @Override
    public String toString() {
        return "HubOptions[base=%s]".formatted(base);
    }
}
