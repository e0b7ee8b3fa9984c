package dev.tramontane.cli;

import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.JinjaTemplate;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A model's vocabulary without its weights: from a bare `tekken.json`, from the one in a folder,
/// or from a GGUF file.
///
/// @param chatTemplate the file's own template, a hint at the format's version
/// @param jinja that template, where the vocabulary is not of our family
record TokenizerSource(
        Tokenizer tokenizer,
        String location,
        Optional<String> chatTemplate,
        Optional<JinjaTemplate> jinja) {
    static TokenizerSource open(Path path) throws IOException {
        Path tekken = Files.isDirectory(path) ? path.resolve("tekken.json") : path;
        if (tekken.toString().endsWith(".json") && Files.isRegularFile(tekken)) {
            return ofTekken(tekken);
        }
        try (Arena arena = Arena.ofConfined()) {
            ModelFolder folder = ModelFolder.open(path, arena);
            Optional<Path> named = folder.tekken();
            if (named.isPresent()) {
                return ofTekken(named.get());
            }
            if (folder.kind() != ModelFolder.Kind.GGUF) {
                throw new ModelFormatException(
                        path
                                + ": no tekken.json among the files, expected one beside the"
                                + " weights; put the model's tekken.json there");
            }
            Metadata metadata = folder.weights().metadata();
            Tokenizer tokenizer = Tokenizer.fromGguf(metadata);
            Optional<String> hint = metadata.text("tokenizer.chat_template");
            boolean ours = InstructTemplate.of(tokenizer, Optional.empty(), hint).isPresent();
            return new TokenizerSource(
                    tokenizer,
                    path.toString(),
                    hint,
                    ours ? Optional.empty() : JinjaTemplate.of(folder, tokenizer));
        }
    }

    private static TokenizerSource ofTekken(Path file) throws IOException {
        return new TokenizerSource(
                Tekken.read(file), file.toString(), Optional.empty(), Optional.empty());
    }

    /// The template that writes conversations for this vocabulary.
    ///
    /// @param version another version than the vocabulary's own
    /// @throws IllegalArgumentException when there is no such version, or the vocabulary has no
    ///   marks for conversations
    ChatTemplate template(Optional<String> version) {
        Optional<ChatTemplate> ours =
                InstructTemplate.of(tokenizer, version, chatTemplate).map(ChatTemplate.class::cast);
        return ours.or(() -> jinja)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        location
                                                + ": the vocabulary has no marks such as [INST] and the"
                                                + " file no chat template, expected one of them; tokenize plain text instead"));
    }
}
