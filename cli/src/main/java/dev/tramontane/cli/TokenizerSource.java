package dev.tramontane.cli;

import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.JinjaTemplate;
import dev.tramontane.engine.Vision;
import dev.tramontane.image.ImageGrid;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.VisionModel;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// A model's vocabulary without its weights: from a bare `tekken.json` or `tokenizer.json`, from
/// the one in a folder, or from a GGUF file.
///
/// @param chatTemplate the file's own template, a hint at the format's version
/// @param jinja that template, where the vocabulary is not of our family
/// @param images how the model cuts them, where its vocabulary does not say
record TokenizerSource(
        Tokenizer tokenizer,
        String location,
        Optional<String> chatTemplate,
        Optional<JinjaTemplate> jinja,
        Optional<ImageGrid> images) {
    static TokenizerSource open(Path path) throws IOException {
        if (path.toString().endsWith(".json") && Files.isRegularFile(path)) {
            return ofFile(path);
        }
        Path tekken = path.resolve("tekken.json");
        if (Files.isRegularFile(tekken)) {
            return ofFile(tekken);
        }
        Path tokenizerJson = path.resolve("tokenizer.json");
        if (Files.isRegularFile(tokenizerJson) && !holdsWeights(path)) {
            return ofFile(tokenizerJson);
        }
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder = ModelFolder.open(path, arena);
            Tokenizer tokenizer = Tokenizer.of(folder);
            Optional<String> hint = folder.weights().metadata().text("tokenizer.chat_template");
            boolean ours = InstructTemplate.of(tokenizer, Optional.empty(), hint).isPresent();
            return new TokenizerSource(
                    tokenizer,
                    path.toString(),
                    hint,
                    ours ? Optional.empty() : JinjaTemplate.of(folder, tokenizer),
                    ours ? images(folder) : Optional.empty());
        }
    }

    /// Empty where there is a vocabulary without a network.
    private static Optional<ImageGrid> images(ModelFolder folder) throws IOException {
        try {
            return VisionModel.usable(folder, ModelConfig.read(folder).dim())
                    .map(model -> Vision.of(model).grid());
        } catch (ModelFormatException _) {
            return Optional.empty();
        }
    }

    private static boolean holdsWeights(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(Path::toString)
                    .anyMatch(name -> name.endsWith(".gguf") || name.endsWith(".safetensors"));
        }
    }

    /// Mistral publishes its own kind with `tekken` in the name.
    private static TokenizerSource ofFile(Path file) throws IOException {
        if (String.valueOf(file.getFileName()).contains("tekken")) {
            return new TokenizerSource(
                    Tekken.read(file),
                    file.toString(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
        Tokenizer tokenizer = Tokenizer.read(file);
        return new TokenizerSource(
                tokenizer,
                file.toString(),
                Optional.empty(),
                JinjaTemplate.beside(file, tokenizer),
                Optional.empty());
    }

    /// The template that writes conversations for this vocabulary.
    ///
    /// @param version another version than the vocabulary's own
    /// @throws IllegalArgumentException when there is no such version, or the vocabulary has no
    ///   marks for conversations
    ChatTemplate template(Optional<String> version) {
        Optional<ChatTemplate> ours =
                InstructTemplate.of(tokenizer, version, chatTemplate)
                        .map(known -> images.isPresent() ? known.seeing(images) : known);
        return ours.or(() -> jinja)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        location
                                                + ": the vocabulary has no marks such as [INST] and the"
                                                + " file no chat template, expected one of them; tokenize plain text instead"));
    }
}
