package dev.tramontane.engine;

import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.TokenMask;

import java.util.ArrayList;
import java.util.List;

/// Requests that run beside each other for certain, whoever the machine favours.
final class Together {
    private Together() {}

    /// Submits requests, of which the first gets no token before all are there.
    static List<Generation> submit(Engine engine, List<GenerationRequest> requests) {
        try (var gate = new GateMask()) {
            List<Generation> running = new ArrayList<>();
            for (GenerationRequest each : requests) {
                running.add(engine.submit(running.isEmpty() ? behind(gate, each) : each));
            }
            return running;
        }
    }

    private static GenerationRequest behind(GateMask gate, GenerationRequest request) {
        List<TokenMask> masks = new ArrayList<>(request.masks());
        masks.add(gate);
        return new GenerationRequest(
                request.prompt(),
                request.sampling(),
                request.stopTokens(),
                masks,
                request.owner(),
                request.priority(),
                request.images());
    }
}
