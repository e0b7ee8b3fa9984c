package dev.tramontane.train.command;

import dev.tramontane.train.LoraConfig;
import dev.tramontane.train.kernels.Precision;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What `tramontane train sft` does, as a file of YAML says; `docs/training.md` has every key with
/// its default.
///
/// @param start what is trained
/// @param lora adapters beside it; empty where all weights learn
/// @param data what is learned
/// @param context tokens of the longest example
/// @param stepTokens learned in a step, at least
/// @param learning how fast
/// @param precision of the products of matrices
/// @param keeping where, and what is kept on the way
/// @param export what is made of the result
record SftConfig(
        Start start,
        Optional<LoraConfig> lora,
        LessonSource data,
        int context,
        int stepTokens,
        Learning learning,
        Precision precision,
        Keeping keeping,
        Export export) {
    /// Reads a file.
    ///
    /// @param chosenOut the folder that the command line names, if it does
    /// @throws ConfigException naming the key that is wrong
    static SftConfig read(Path file, Optional<Path> chosenOut) throws IOException {
        Settings settings = Settings.read(file);
        var config =
                new SftConfig(
                        Start.read(settings),
                        settings.optionalPart("lora").map(SftConfig::lora),
                        LessonSource.read(settings.part("data")),
                        settings.whole("context", 1024, 2),
                        settings.whole("tokens-per-step", 4096, 1),
                        Learning.read(settings, 1e-3, Learning.Method.MUON),
                        settings.word("precision", Precision.FLOAT32, Precision.class),
                        Keeping.read(settings, chosenOut, 100),
                        Export.read(settings.part("export")));
        settings.end();
        if (config.lora.isPresent() && config.start instanceof Start.Fresh) {
            throw new ConfigException(
                    file
                            + ": lora stands beside shape, expected a model whose weights are worth keeping; name one with model, or leave lora out");
        }
        return config;
    }

    private static LoraConfig lora(Settings keys) {
        int rank = keys.whole("rank", 16, 1);
        double alpha = keys.positive("alpha", 2.0 * rank);
        Set<LoraConfig.Target> targets = EnumSet.noneOf(LoraConfig.Target.class);
        for (String name : keys.texts("matrices")) {
            targets.add(target(keys, name));
        }
        if (targets.isEmpty()) {
            targets.addAll(List.of(LoraConfig.Target.values()));
        }
        keys.end();
        return keys.made(() -> new LoraConfig(rank, alpha, targets));
    }

    /// By our name, or by Hugging Face's.
    private static LoraConfig.Target target(Settings keys, String name) {
        for (LoraConfig.Target target : LoraConfig.Target.values()) {
            if (target.moduleName().equals(name)) {
                return target;
            }
        }
        return keys.named("matrices", name, LoraConfig.Target.class);
    }
}
