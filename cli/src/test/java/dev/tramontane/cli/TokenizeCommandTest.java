package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class TokenizeCommandTest {
    private static final String TEKKEN =
            Tramontane.VECTORS.resolve("tiny-text-a/tekken.json").toString();

    private static final String HELLO =
            "{\"tokens\":[1072,1101,1108,1108,1111],\"pieces\":[\"H\",\"e\",\"l\",\"l\",\"o\"]}\n";

    @Test
    void text_becomes_tokens_from_any_kind_of_file() {
        for (String file : new String[] {"tekken.json", "model-f32.gguf", "model-q4_0.gguf", ""}) {
            String model = Tramontane.VECTORS.resolve("tiny-text-a/" + file).toString();
            assertEquals(HELLO, Tramontane.run("tokenize", "-m", model, "Hello").out(), file);
        }
    }

    @Test
    void text_may_come_from_standard_input() {
        assertEquals(
                HELLO, Tramontane.program().input("Hello").with("tokenize", "-m", TEKKEN).out());
    }

    @Test
    void decode_is_the_reverse() {
        assertEquals(
                "{\"text\":\"Hello\"}\n",
                Tramontane.run(
                                "tokenize",
                                "-m",
                                TEKKEN,
                                "--decode",
                                "1,1072, 1101",
                                "1108 1108 1111")
                        .out());
        assertEquals(
                "{\"text\":\"<s>H\"}\n",
                Tramontane.run("tokenize", "-m", TEKKEN, "--decode", "--special=keep", "1 1072")
                        .out());
    }

    @Test
    void a_chat_request_is_rendered_in_the_version_asked_for(@TempDir Path folder)
            throws IOException {
        Path request =
                Files.writeString(
                        folder.resolve("request.json"),
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"H\"}]}");
        assertEquals(
                "{\"tokens\":[1,3,1072,4],\"pieces\":[\"<s>\",\"[INST]\",\"H\",\"[/INST]\"]}\n",
                Tramontane.run("tokenize", "-m", TEKKEN, "--chat", request.toString()).out());
        assertEquals(
                1,
                Tramontane.run(
                                "tokenize",
                                "-m",
                                TEKKEN,
                                "--template",
                                "v2",
                                "--chat",
                                request.toString())
                        .code());
    }

    @Test
    void a_chat_is_rendered_by_the_template_beside_a_tokenizer_json(@TempDir Path temp)
            throws IOException {
        Path folder = OtherFolder.write(temp.resolve("other"));
        String file = folder.resolve("tokenizer.json").toString();
        String request = "{\"messages\": [{\"role\": \"user\", \"content\": \"a<|im_end|>b\"}]}";
        String rendered = chat(file, request);
        assertEquals(rendered, chat(folder.toString(), request));
        JsonNode tokens = Json.parse("output", rendered).path("tokens");
        assertEquals(701, tokens.get(0).intValue());
        int marks = 0;
        for (JsonNode token : tokens) {
            marks += token.intValue() >= 700 ? 1 : 0;
        }
        assertEquals(3, marks, "what the user typed is no mark");
        assertEquals(
                "<|im_start|>user\na<|im_end|>b<|im_end|>\n<|im_start|>assistant\n",
                text(file, tokens));

        Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
        JsonNode other = Json.parse("output", chat(file, request)).path("tokens");
        assertEquals("a<|im_end|>b!", text(file, other));
        Files.writeString(folder.resolve("chat_template.jinja"), "{% if %}");
        Tramontane.Result broken =
                Tramontane.program().input(request).with("tokenize", "-m", file, "--chat", "-");
        assertEquals(1, broken.code());
        assertTrue(broken.err().contains("the chat template cannot be read"), broken.err());
    }

    private static String chat(String model, String request) {
        Tramontane.Result result =
                Tramontane.program().input(request).with("tokenize", "-m", model, "--chat", "-");
        assertEquals(0, result.code(), result.err());
        return result.out();
    }

    private static String text(String model, JsonNode tokens) {
        String ids = tokens.toString().replaceAll("[\\[\\]]", "");
        Tramontane.Result result =
                Tramontane.run("tokenize", "-m", model, "--decode", "--special=keep", ids);
        return Json.parse("output", result.out()).path("text").stringValue();
    }

    @Test
    void show_tells_a_model_whose_template_is_jinja(@TempDir Path temp) throws IOException {
        Path folder = OtherFolder.write(temp.resolve("other"));
        Tramontane.Result result = Tramontane.run("show", folder.toString());
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("architecture  qwen3\n"), result.out());
        assertTrue(
                result.out().contains("tokenizer     kind byte-level bpe, vocab 705\n"),
                result.out());
        assertTrue(result.out().contains("template      jinja\n"), result.out());
        assertTrue(result.out().contains("thinking      <think> text\n"), result.out());
    }

    @Test
    void every_line_gets_an_answer() {
        String requests =
                """
                {"text": "Hello"}
                {"chat": {"messages": [{"role": "user", "content": "H"}]}}
                {"tokens": [1, 1072], "special": "keep"}
                {"tokens": [1, 1072]}
                {"tokens": [99999]}
                {"chat": {"messages": []}}
                no json

                {"other": 1}
                """;
        String[] answers =
                Tramontane.program()
                        .input(requests)
                        .with("tokenize", "-m", TEKKEN, "--template", "v13", "--jsonl")
                        .out()
                        .split("\n");
        assertEquals(8, answers.length);
        assertEquals("{\"tokens\":[1072,1101,1108,1108,1111]}", answers[0]);
        assertEquals("{\"tokens\":[1,3,1072,4]}", answers[1]);
        assertEquals("{\"text\":\"<s>H\"}", answers[2]);
        assertEquals("{\"text\":\"H\"}", answers[3]);
        for (int i = 4; i < 8; i++) {
            assertTrue(answers[i].startsWith("{\"error\":\""), answers[i]);
        }
    }
}
