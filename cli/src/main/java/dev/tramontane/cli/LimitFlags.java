package dev.tramontane.cli;

import dev.tramontane.server.ServerConfig.Limits;

import picocli.CommandLine.Option;

/// What clients of `serve` may take, all together.
final class LimitFlags {
    private static final int MOST_BODY_BYTES = 1 << 30;

    @Option(
            names = "--max-requests",
            paramLabel = "N",
            description = "Requests answered at once, waiting ones included (default: 512).")
    private int requests = Limits.STANDARD.requests();

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections open at once; more wait (default: 4096).")
    private int connections = Limits.STANDARD.connections();

    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            description = "Of one request (default: 32MiB).")
    private String body = "32MiB";

    @Option(
            names = "--grace",
            paramLabel = "TIME",
            description =
                    "What running answers have to end in when the server stops (default: 30s).")
    private String grace = "30s";

    /// @throws IllegalArgumentException when a number is out of range
    Limits limits() {
        if (requests < 1 || connections < 1) {
            throw new IllegalArgumentException(
                    "--max-requests is %d and --max-connections %d, expected 1 or more"
                            .formatted(requests, connections));
        }
        long bytes = Amounts.of("--max-body", body, Amounts::bytes);
        if (bytes > MOST_BODY_BYTES) {
            throw new IllegalArgumentException(
                    "--max-body is %s, expected 1GiB at most".formatted(body));
        }
        return Limits.STANDARD
                .withRequests(requests)
                .withConnections(connections)
                .withBodyBytes((int) bytes)
                .withGrace(Amounts.of("--grace", grace, Amounts::time));
    }
}
