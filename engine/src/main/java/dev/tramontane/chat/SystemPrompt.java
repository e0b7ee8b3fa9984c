package dev.tramontane.chat;

import dev.tramontane.chat.Chunk.TextChunk;
import dev.tramontane.chat.Chunk.ThinkChunk;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a model is told when a conversation has no system message of its own.
///
/// The file is UTF-8 text as the model reads it; its last line break is not part of it. `[THINK]`
/// and `[/THINK]` around a passage make it a model of the thinking rather than text; nothing is
/// added beside them.
///
/// @param text the file's text
record SystemPrompt(String text) {
    /// File names that are looked for beside a model's weights; the first found counts.
    private static final List<String> NAMES = List.of("system_prompt.txt", "SYSTEM_PROMPT.txt");

    private static final String OPEN = SpecialToken.THINK.spelling();
    private static final String CLOSE = SpecialToken.END_THINK.spelling();

    /// The prompt that lies in a model's folder.
    static Optional<SystemPrompt> beside(ModelFolder folder) throws IOException {
        for (String name : NAMES) {
            Optional<String> text = folder.text(name);
            if (text.isPresent()) {
                return text.map(SystemPrompt::ofFile);
            }
        }
        return Optional.empty();
    }

    /// One of ours, by the release it was written for.
    static SystemPrompt of(String release) {
        String name = "system-prompts/" + release + ".txt";
        try (InputStream in = SystemPrompt.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no resource " + name);
            }
            return ofFile(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SystemPrompt ofFile(String file) {
        String text = file.replace("\r\n", "\n");
        return new SystemPrompt(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
    }

    /// The message, its thinking as chunks where the format can write that.
    Message.SystemMessage message(boolean withThinking) {
        if (!withThinking) {
            return new Message.SystemMessage(text);
        }
        List<Chunk> chunks = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf(OPEN, at);
            int close = open < 0 ? -1 : text.indexOf(CLOSE, open);
            if (close < 0) {
                break;
            }
            addText(text.substring(at, open), chunks);
            chunks.add(new ThinkChunk(text.substring(open + OPEN.length(), close), true));
            at = close + CLOSE.length();
        }
        addText(text.substring(at), chunks);
        return new Message.SystemMessage(chunks);
    }

    private static void addText(String text, List<Chunk> chunks) {
        if (!text.isEmpty()) {
            chunks.add(new TextChunk(text));
        }
    }
}
