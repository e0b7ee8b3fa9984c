package dev.tramontane.train.command;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Callable;

/// `tramontane train grpo`.
@Command(
        name = "grpo",
        description = {
            "Train by reinforcement: completions are sampled, graded, and learned from (GRPO).",
            "",
            "A run lies in one folder. The same command goes on where it was stopped or killed."
        },
        footer = {
            "",
            "Example",
            "  tramontane train grpo --config grpo.yaml",
            "with grpo.yaml:",
            "  model: runs/first/model           # what supervised training made",
            "  problems: {suite: {families: [chain, shopping], levels: [2]}}",
            "  max-tokens: 256",
            "  steps: 100",
            "  out: runs/second",
            "",
            "docs/training.md describes every key."
        })
final class GrpoCommand implements Callable<Integer> {
    private final Stdio io;
    private final StopRequest stop;

    @Mixin private ConfigFlags flags = new ConfigFlags();

    GrpoCommand(Stdio io, StopRequest stop) {
        this.io = io;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        GrpoSettings settings = flags.read(GrpoSettings::read);
        byte[] text = Files.readAllBytes(flags.file());
        return TrainMain.untilStopped(io, stop, () -> new GrpoRun(io, settings, stop).run(text));
    }
}
