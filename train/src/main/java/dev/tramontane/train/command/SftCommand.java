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

/// `tramontane train sft`.
@Command(
        name = "sft",
        description = {
            "Train on examples: conversations from files, or the generated suite's problems.",
            "",
            "A run lies in one folder. The same command goes on where it was stopped or killed."
        },
        footer = {
            "",
            "Example",
            "  tramontane train sft --config sft.yaml",
            "with sft.yaml:",
            "  model: Mistral-Small-24B          # a folder, or a .gguf file",
            "  lora: {rank: 16}                  # without it, all weights learn",
            "  data: {conversations: talk.jsonl}",
            "  steps: 500",
            "  out: runs/first",
            "  export: {gguf: Q4_K_M}",
            "",
            "docs/training.md describes every key."
        })
final class SftCommand implements Callable<Integer> {
    private final Stdio io;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            required = true,
            description = "What to train on what, and how, in YAML.")
    private Path file = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The run's folder, instead of the one that the file names.")
    private Optional<Path> out = Optional.empty();

    SftCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        SftConfig config;
        try {
            config = SftConfig.read(file, out);
        } catch (ConfigException e) {
            throw UsageException.of(e);
        }
        byte[] text = Files.readAllBytes(file);
        return TrainMain.untilStopped(io, stop -> new SftRun(io, config, stop).run(text));
    }
}
