package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A model without a chat template: it continues what the last question says, and everything that
/// tells of its prompts tells of that one.
class BaseModelTest {
    private static final Path VECTORS = Path.of("../engine/src/test/resources/vectors");
    private static final String CHAT =
            "{\"max_tokens\":2,\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"
                    + "{\"role\":\"user\",\"content\":\"Once upon\"}]}";

    private static LocalModel model;
    private static Http http;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(VECTORS.resolve("tiny-text-a").resolve(name), folder.resolve(name));
        }
        Files.copy(VECTORS.resolve("bpe/gpt-2.json"), folder.resolve("tokenizer.json"));
        EngineOptions options =
                EngineOptions.defaults().withContext(256).withThreads(1).withMaxSequences(2);
        model = LocalModel.open(folder, options);
        http = Http.serving(ServerConfig.local(0), ServedModel.of("base", List.of(), 1, model));
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static JsonNode ask(String path) throws IOException, InterruptedException {
        Http.Answer answer = http.post(path, CHAT);
        assertEquals(200, answer.status(), answer.body());
        return answer.json();
    }

    @Test
    void a_conversation_is_shown_as_its_last_question() throws IOException, InterruptedException {
        assertEquals("Once upon", ask("/apply-template").path("prompt").stringValue());
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions/input_tokens, /input_tokens",
        "/chat/completions/input_tokens, /input_tokens",
        "/v1/messages/count_tokens, /input_tokens",
        "/tokenize, /count"
    })
    void the_tokens_counted_are_those_that_it_reads(String path, String count)
            throws IOException, InterruptedException {
        JsonNode answered = ask("/v1/chat/completions").at("/usage/prompt_tokens");
        assertEquals(answered, ask(path).at(count));
    }
}
