package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Model.CommandSpec;

import java.util.Optional;

/// The token that a hub knows a person by.
final class HubToken {
    private HubToken() {}

    /// The token of the environment for the hub of a command's `--hub`. A `tramontane.yaml` of the
    /// working directory may come with somebody else's files: the hub that it names gets none.
    static Optional<String> of(CommandSpec spec, Stdio io) {
        boolean isOthersHub =
                spec.defaultValueProvider() instanceof FlagDefaults defaults
                        && !spec.commandLine().getParseResult().hasMatchedOption("--hub")
                        && defaults.isFromLocalFile(spec.findOption("--hub"));
        String own = io.environment().getOrDefault("TRAMONTANE_HF_TOKEN", "");
        String token = own.isEmpty() ? io.environment().getOrDefault("HF_TOKEN", "") : own;
        if (isOthersHub && !token.isBlank()) {
            io.err()
                    .println(
                            "The hub comes from this folder's tramontane.yaml, so it gets no token;"
                                    + " give --hub to send yours.");
        }
        return isOthersHub || token.isBlank() ? Optional.empty() : Optional.of(token.strip());
    }
}
