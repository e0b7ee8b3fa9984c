package dev.tramontane.train.command;

import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
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

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "What to train on which problems, and how, in YAML.")
    private Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder, instead of the one that the file names.")
    private Optional<Path> out = Optional.empty();

    GrpoCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        GrpoSettings settings;
        try {
            settings = GrpoSettings.read(file, out);
        } catch (ConfigException e) {
            throw UsageException.of(e);
        }
        byte[] text = Files.readAllBytes(file);
        return TrainMain.untilStopped(io, stop -> new GrpoRun(io, settings, stop).run(text));
    }
}
