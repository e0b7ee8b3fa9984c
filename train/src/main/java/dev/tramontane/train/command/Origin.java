package dev.tramontane.train.command;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.train.BaseModel;
import dev.tramontane.train.data.AnswerWriter;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/// What a run begins with: weights, and the vocabulary they speak.
///
/// @param name for people, and for the adapters' files
/// @param base the weights; they stay in the arena they were opened in
/// @param tokenizer of the model
/// @param chatTemplate its own template, a hint at its format's version
/// @param files where the tokenizer's files lie; empty where they are within a GGUF file
record Origin(
        String name,
        BaseModel base,
        Tokenizer tokenizer,
        Optional<String> chatTemplate,
        Optional<Path> files) {
    /// What belongs to a vocabulary, in Hugging Face's layout and in Mistral's.
    private static final List<String> TOKENIZER_FILES =
            List.of(
                    "tekken.json",
                    "tokenizer.json",
                    "tokenizer_config.json",
                    "special_tokens_map.json",
                    "generation_config.json",
                    "chat_template.jinja",
                    "chat_template.json",
                    "SYSTEM_PROMPT.txt",
                    "system_prompt.txt");

    /// Opens the files that a run begins with.
    ///
    /// @param seed of weights by chance
    /// @param arena owns the weights
    static Origin open(Start start, long seed, Arena arena) throws IOException {
        return switch (start) {
            case Start.Model(Path path) -> ofModel(path, arena);
            case Start.Fresh fresh -> byChance(fresh, seed, arena);
        };
    }

    private static Origin ofModel(Path path, Arena arena) throws IOException {
        ModelFolder folder = ModelFolder.open(path, arena);
        return new Origin(
                folder.name(),
                BaseModel.of(folder),
                Tokenizer.of(folder),
                hint(folder),
                folder.kind() == ModelFolder.Kind.GGUF
                        ? Optional.empty()
                        : Optional.of(Files.isDirectory(path) ? path : parent(path)));
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static Optional<String> hint(ModelFolder folder) {
        return folder.weights().metadata().text("tokenizer.chat_template");
    }

    private static Origin byChance(Start.Fresh fresh, long seed, Arena arena) throws IOException {
        Path path = fresh.tokenizer();
        Optional<String> hint = Optional.empty();
        Optional<Path> files = Optional.of(path);
        Tokenizer tokenizer;
        if (Files.isRegularFile(path) && path.toString().endsWith(".json")) {
            boolean isTekken = String.valueOf(path.getFileName()).contains("tekken");
            tokenizer = isTekken ? Tekken.read(path) : Tokenizer.read(path);
            files = Optional.of(parent(path));
        } else if (Files.isRegularFile(path.resolve("tekken.json"))) {
            tokenizer = Tekken.read(path.resolve("tekken.json"));
        } else {
            ModelFolder folder = ModelFolder.open(path, arena);
            tokenizer = Tokenizer.of(folder);
            hint = hint(folder);
            files = folder.kind() == ModelFolder.Kind.GGUF ? Optional.empty() : files;
        }
        ModelConfig network = withVocabulary(fresh.network(), tokenizer.vocab());
        ModelWeights random = RandomWeights.of(network, seed, arena);
        ModelWeights weights =
                fresh.tied()
                        ? new ModelWeights(
                                random.output(),
                                random.layers(),
                                random.finalNorm(),
                                random.output())
                        : random;
        return new Origin("by chance", new BaseModel(network, weights), tokenizer, hint, files);
    }

    private static ModelConfig withVocabulary(ModelConfig shape, int vocab) {
        return new ModelConfig(
                shape.dim(),
                shape.layers(),
                shape.heads(),
                shape.kvHeads(),
                shape.headDim(),
                shape.hiddenDim(),
                vocab,
                shape.normEps(),
                shape.ropeTheta(),
                shape.ropePairs(),
                shape.headNorms(),
                shape.yarn(),
                shape.queryScaling(),
                shape.window(),
                shape.context());
    }

    /// What writes conversations for the model.
    AnswerWriter writer() {
        return new AnswerWriter(tokenizer, chatTemplate);
    }

    /// Puts the tokenizer's files into another folder.
    void copyTokenizer(Path folder) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        for (String name : TOKENIZER_FILES) {
            Path file = files.get().resolve(name);
            if (Files.isRegularFile(file)) {
                Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
