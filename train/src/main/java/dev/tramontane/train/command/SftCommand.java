package dev.tramontane.train.command;

import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.nio.file.Files;
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
    private final StopRequest stop;

    @Mixin private ConfigFlags flags = new ConfigFlags();

    SftCommand(Stdio io, StopRequest stop) {
        this.io = io;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        SftConfig config = flags.read(SftConfig::read);
        byte[] text = Files.readAllBytes(flags.file());
        return TrainMain.untilStopped(io, stop, () -> new SftRun(io, config, stop).run(text));
    }
}
