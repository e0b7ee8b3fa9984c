package dev.tramontane.cli;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `completion`: what a shell needs to complete commands, flags and models.
@Command(
        name = "completion",
        description =
                "Print a script with which a shell completes commands, flags, files and models.",
        footer = {
            "",
            "Examples:",
            "  source <(tramontane completion bash)         # in ~/.bashrc",
            "  source <(tramontane completion zsh)          # in ~/.zshrc, after compinit",
            "  tramontane completion fish > ~/.config/fish/completions/tramontane.fish"
        })
final class CompletionCommand implements Callable<Integer> {
    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    /// The shells that are known.
    private enum Shell {
        BASH,
        ZSH,
        FISH
    }

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private Shell shell = Shell.BASH;

    CompletionCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        var script = new CompletionScript(spec.parent().commandLine());
        io.out()
                .print(
                        switch (shell) {
                            case BASH -> script.bash();
                            case ZSH -> script.zsh();
                            case FISH -> script.fish();
                        });
        return 0;
    }
}
