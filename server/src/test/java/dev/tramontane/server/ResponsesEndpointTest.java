package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/// The Responses API as its clients meet it.
class ResponsesEndpointTest {
    private static final String PATH = "/v1/responses";
    private static final ToolCall CALL = new ToolCall(Optional.of("abcdefghi"), "now", "{}");

    private static Script thinker() {
        return Script.of(
                new ChatEvent.Progress(0, 3, 7),
                new ChatEvent.Thinking("Two and one."),
                new ChatEvent.Text("Th"),
                new ChatEvent.Text("ree."),
                new ChatEvent.Finished(FinishReason.STOP, new Usage(7, 9, 5)));
    }

    private static Http.Answer ask(Http http, String fields)
            throws IOException, InterruptedException {
        return http.post(PATH, "{\"model\":\"script\"," + fields + "}");
    }

    private static String id(Http.Answer answer) {
        assertEquals(200, answer.status(), answer.body());
        return answer.json().path("id").stringValue();
    }

    private static Http.Answer delete(Http http, String id)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(http.uri(PATH + "/" + id)).DELETE());
    }

    @Test
    void a_whole_response_can_be_had_again_until_it_is_deleted()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = ask(http, "\"input\":\"Hi\",\"metadata\":{\"a\":\"b\"}");
            String id = id(answer);
            assertTrue(id.matches("resp_[0-9a-f]{32}"), id);
            JsonNode told = answer.json();
            assertEquals("completed", told.path("status").stringValue());
            assertEquals("Two and one.", told.at("/output/0/content/0/text").stringValue());
            assertEquals("Three.", told.at("/output/1/content/0/text").stringValue());
            assertEquals(16, told.at("/usage/total_tokens").intValue());
            assertTrue(told.has("timings"), answer.body());
            JsonNode again = http.get(PATH + "/" + id).json();
            assertEquals(told.path("output"), again.path("output"));
            assertEquals("b", again.at("/metadata/a").stringValue());
            assertEquals(
                    "{\"id\":\"%s\",\"object\":\"response\",\"deleted\":true}".formatted(id),
                    delete(http, id).body());
            assertEquals(404, http.get(PATH + "/" + id).status());
            assertEquals(404, delete(http, id).status());
            assertEquals(404, http.get(PATH + "/" + id + "/input_items").status());
        }
    }

    @Test
    void a_streams_events_have_names_and_numbers_and_no_done()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer = ask(http, "\"input\":\"Hi\",\"stream\":true");
            assertEquals("text/event-stream; charset=utf-8", answer.header("content-type"));
            assertFalse(answer.body().contains("[DONE]"));
            List<JsonNode> events = answer.chunks();
            List<String> names =
                    answer.body()
                            .lines()
                            .filter(line -> line.startsWith("event: "))
                            .map(line -> line.substring(7))
                            .toList();
            assertEquals(
                    names, events.stream().map(event -> event.path("type").stringValue()).toList());
            assertEquals("response.created", names.getFirst());
            assertEquals(
                    IntStream.range(0, events.size()).boxed().toList(),
                    events.stream()
                            .map(event -> event.path("sequence_number").intValue())
                            .toList());
            JsonNode last = events.getLast();
            assertEquals("response.completed", last.path("type").stringValue());
            assertTrue(last.has("timings"), last.toString());
            String id = last.at("/response/id").stringValue();
            assertEquals(last.path("response"), http.get(PATH + "/" + id).json());
        }
    }

    @Test
    void progress_is_told_where_it_is_asked_for() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            String fields = "\"input\":\"Hi\",\"stream\":true";
            JsonNode event = ask(http, fields + ",\"return_progress\":true").chunks().get(2);
            assertEquals("response.in_progress", event.path("type").stringValue());
            assertEquals(7, event.at("/prompt_progress/total").intValue());
            assertFalse(ask(http, fields).body().contains("prompt_progress"));
        }
    }

    @Test
    void a_conversation_goes_on_from_a_response_with_its_thinking_and_calls()
            throws IOException, InterruptedException {
        Script model =
                Script.of(
                        request ->
                                request.messages().getLast() instanceof Message.ToolMessage
                                        ? List.of(
                                                new ChatEvent.Text("Noon."),
                                                new ChatEvent.Finished(
                                                        FinishReason.STOP, new Usage(1, 1, 0)))
                                        : List.of(
                                                new ChatEvent.Thinking("Hm"),
                                                new ChatEvent.ToolCalled(CALL),
                                                new ChatEvent.Finished(
                                                        FinishReason.TOOL_CALLS,
                                                        new Usage(1, 1, 0))));
        try (Http http = Http.serving(model)) {
            String tools = "\"tools\":[{\"type\":\"function\",\"name\":\"now\"}],";
            Http.Answer first =
                    ask(
                            http,
                            tools
                                    + "\"input\":\"What time is it?\",\"instructions\":\"Old.\",\"reasoning_format\":\"hidden\"");
            assertFalse(first.body().contains("Hm"), first.body());
            String callId = first.json().at("/output/1/call_id").stringValue();
            assertEquals("abcdefghi", callId);
            String result =
                    "\"input\":[{\"type\":\"function_call_output\",\"call_id\":\"%s\",\"output\":\"12:00\"}],\"previous_response_id\":\"%s\""
                            .formatted(callId, id(first));
            Http.Answer second = ask(http, tools + result);
            assertEquals(
                    id(first), second.json().path("previous_response_id").stringValue(), "told");
            Http.Answer third =
                    ask(
                            http,
                            "\"input\":\"Thanks\",\"instructions\":\"New.\",\"previous_response_id\":\"%s\""
                                    .formatted(id(second)));
            assertEquals(200, third.status(), third.body());
            model.asked.take();
            model.asked.take();
            ChatRequest asked = model.asked.take();
            assertEquals(
                    List.of(
                            new Message.SystemMessage("New."),
                            new Message.UserMessage("What time is it?"),
                            new Message.AssistantMessage(
                                    List.of(new Chunk.ThinkChunk("Hm", true)),
                                    List.of(CALL),
                                    false),
                            new Message.ToolMessage(
                                    List.of(new Chunk.TextChunk("12:00")),
                                    Optional.of(callId),
                                    Optional.empty()),
                            new Message.AssistantMessage("Noon."),
                            new Message.UserMessage("Thanks")),
                    asked.messages());
            assertEquals(200, delete(http, id(first)).status());
            Http.Answer broken =
                    ask(
                            http,
                            "\"input\":\"And?\",\"previous_response_id\":\"%s\""
                                    .formatted(id(third)));
            assertEquals(404, broken.status());
            assertEquals("previous_response_not_found", broken.json().path("code").stringValue());
            assertTrue(broken.body().contains(id(first)), "it says which is missing");
        }
    }

    @Test
    void an_item_may_be_named() throws IOException, InterruptedException {
        Script model = thinker();
        try (Http http = Http.serving(model)) {
            Http.Answer first = ask(http, "\"input\":\"Hi\"");
            String message = first.json().at("/output/1/id").stringValue();
            Http.Answer second =
                    ask(
                            http,
                            "\"input\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"type\":\"item_reference\",\"id\":\"%s\"},{\"role\":\"user\",\"content\":\"And?\"}]"
                                    .formatted(message));
            assertEquals(200, second.status(), second.body());
            model.asked.take();
            assertEquals(
                    new Message.AssistantMessage("Three."), model.asked.take().messages().get(1));
        }
    }

    @Test
    void what_is_not_stored_is_known_to_nobody() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            String id = id(ask(http, "\"input\":\"Hi\",\"store\":false"));
            assertEquals(404, http.get(PATH + "/" + id).status());
            Http.Answer next =
                    ask(http, "\"input\":\"Hi\",\"previous_response_id\":\"" + id + "\"");
            assertEquals(404, next.status());
            assertEquals("previous_response_id", next.json().path("param").stringValue());
        }
    }

    @Test
    void nobody_elses_responses_are_there(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (Http http = AccessTest.guarded(thinker(), folder)) {
            HttpRequest.Builder ask =
                    HttpRequest.newBuilder(http.uri(PATH))
                            .POST(HttpRequest.BodyPublishers.ofString("{\"input\":\"Hi\"}"));
            JsonNode told = http.send(ask.header("x-api-key", "secret-a")).json();
            String own = PATH + "/" + told.path("id").stringValue();
            String items = own + "/input_items";
            String reference =
                    "{\"input\":[{\"type\":\"item_reference\",\"id\":\"%s\"}]}"
                            .formatted(told.at("/output/1/id").stringValue());
            String next =
                    "{\"input\":\"Hi\",\"previous_response_id\":\"%s\"}"
                            .formatted(told.path("id").stringValue());
            for (String key : List.of("secret-a", "secret-b")) {
                boolean isOwn = key.equals("secret-a");
                http.with("x-api-key", key);
                assertEquals(isOwn ? 200 : 404, http.get(own).status());
                assertEquals(isOwn ? 200 : 404, http.get(items).status());
                assertEquals(isOwn ? 200 : 404, http.post(PATH, next).status());
                assertEquals(isOwn ? 400 : 404, http.post(own + "/cancel", "{}").status());
                assertEquals(isOwn ? 200 : 422, http.post(PATH, reference).status());
                http.withoutHeaders();
            }
            http.with("x-api-key", "secret-b");
            String id = told.path("id").stringValue();
            assertEquals(404, delete(http, id).status());
        }
    }

    @Test
    void items_of_the_input_are_told_page_by_page() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            String input =
                    "\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"},{\"id\":\"mine\",\"role\":\"user\",\"content\":\"c\"}]";
            String items = PATH + "/" + id(ask(http, input)) + "/input_items";
            JsonNode all = http.get(items).json();
            assertEquals("list", all.path("object").stringValue());
            assertEquals(3, all.path("data").size());
            assertEquals("mine", all.path("first_id").stringValue(), "the last first");
            assertEquals(all.at("/data/2/id"), all.path("last_id"));
            assertFalse(all.path("has_more").booleanValue());
            assertEquals(
                    "[{\"type\":\"output_text\",\"text\":\"b\",\"annotations\":[]}]",
                    all.at("/data/1/content").toString());
            JsonNode page = http.get(items + "?order=asc&limit=2").json();
            assertTrue(page.path("has_more").booleanValue());
            assertEquals("a", page.at("/data/0/content/0/text").stringValue());
            String rest = "?order=asc&after=" + page.path("last_id").stringValue();
            assertEquals("mine", http.get(items + rest).json().at("/data/0/id").stringValue());
            JsonNode none = http.get(items + "?order=asc&after=mine").json();
            assertEquals(0, none.path("data").size());
            assertTrue(none.path("first_id").isNull(), none.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "limit,0",
        "limit,101",
        "limit,-1",
        "limit,x",
        "limit,1e9",
        "limit,99999999999",
        "order,up",
        "after,msg_0",
        "after,%FF%00"
    })
    void a_page_that_there_is_not_is_refused(String name, String value)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            String items = PATH + "/" + id(ask(http, "\"input\":\"Hi\"")) + "/input_items";
            Http.Answer answer = http.get(items + "?" + name + "=" + value);
            assertEquals(400, answer.status(), answer.body());
            assertEquals(name, answer.json().path("param").stringValue());
        }
    }

    @Test
    void a_running_response_is_told_and_can_be_cancelled() throws Exception {
        Script model = Script.holding(new ChatEvent.Thinking("Hm"));
        try (Http http = Http.serving(model);
                RawClient client = RawClient.of(http)) {
            client.post(PATH, "{\"input\":\"Hi\",\"stream\":true}");
            String begin = client.readUntil("\"delta\":\"Hm\"}");
            String id = begin.replaceAll("(?s).*\"id\":\"(resp_[^\"]*)\".*", "$1");
            String own = PATH + "/" + id;
            assertEquals("in_progress", http.get(own).json().path("status").stringValue());
            assertEquals(400, delete(http, id).status());
            Http.Answer cancelled = http.post(own + "/cancel", "");
            assertEquals(200, cancelled.status(), cancelled.body());
            assertEquals("cancelled", cancelled.json().path("status").stringValue());
            String end = client.readUntil("event: response.incomplete");
            assertTrue(end.contains("event: response.output_item.done"), end);
            http.awaitNothingAnswered();
            JsonNode kept = http.get(own).json();
            assertEquals("cancelled", kept.path("status").stringValue());
            assertEquals("Hm", kept.at("/output/0/content/0/text").stringValue());
            Http.Answer again = http.post(own + "/cancel", "");
            assertEquals(400, again.status());
            assertEquals("wrong_state", again.json().path("code").stringValue());
        }
    }

    /// Held where all is told and nothing is put away yet.
    @Test
    void whoever_is_told_the_end_of_a_response_finds_it_ended() throws Exception {
        var gate = new CountDownLatch(1);
        try (Http http = Http.serving(ServerConfig.local(0), closingBehind(gate));
                RawClient client = RawClient.of(http)) {
            client.post(PATH, "{\"input\":\"Hi\",\"stream\":true}");
            String told = client.readUntil("event: response.completed");
            String id = told.replaceAll("(?s).*\"id\":\"(resp_[^\"]*)\".*", "$1");
            try {
                String own = PATH + "/" + id;
                assertEquals("completed", http.get(own).json().path("status").stringValue());
                assertEquals(400, http.post(own + "/cancel", "").status());
                assertEquals(200, delete(http, id).status());
            } finally {
                gate.countDown();
            }
        }
    }

    /// A model whose answers are closed when the gate is open.
    private static ServedModel closingBehind(CountDownLatch gate) {
        Script script = thinker();
        var model =
                new ChatModel() {
                    @Override
                    public ChatStream chat(ChatRequest request) {
                        return new ClosingBehind(script.chat(request), gate);
                    }

                    @Override
                    public void close() {}
                };
        var nature = new ServedModel.Nature("Script", 4096, Script.SAMPLING, true, true, false);
        return new ServedModel("script", List.of(), 1, model, nature, Optional.empty());
    }

    private record ClosingBehind(ChatStream answer, CountDownLatch gate) implements ChatStream {
        @Override
        public Iterator<ChatEvent> iterator() {
            return answer.iterator();
        }

        @Override
        public void answerNow() {
            answer.answerNow();
        }

        @Override
        public void thinkLonger(int tokens) {
            answer.thinkLonger(tokens);
        }

        @Override
        public void close() {
            try {
                gate.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            answer.close();
        }
    }

    @Test
    void the_thinking_of_a_running_response_can_be_ended() throws Exception {
        Script model = Script.holding(new ChatEvent.Thinking("Hm"));
        try (Http http = Http.serving(model);
                RawClient client = RawClient.of(http)) {
            client.post(PATH, "{\"input\":\"Hi\",\"stream\":true}");
            String begin = client.readUntil("\"delta\":\"Hm\"}");
            String id = begin.replaceAll("(?s).*\"id\":\"(resp_[^\"]*)\".*", "$1");
            String order = "{\"id\":\"%s\",\"action\":\"reasoning_end\"}".formatted(id);
            assertEquals(200, http.post("/v1/chat/completions/control", order).status());
            client.readUntil("event: response.completed");
        }
    }

    @Test
    void what_fails_in_mid_stream_is_told_and_ends_the_response()
            throws IOException, InterruptedException {
        try (Http http = Http.serving(Script.of(new ChatEvent.Text("Well")))) {
            Http.Answer answer = ask(http, "\"input\":\"Hi\",\"stream\":true");
            List<JsonNode> events = answer.chunks();
            assertEquals("error", events.get(events.size() - 2).path("type").stringValue());
            JsonNode last = events.getLast();
            assertEquals("response.failed", last.path("type").stringValue());
            assertEquals("server_error", last.at("/response/error/code").stringValue());
            String id = last.at("/response/id").stringValue();
            assertEquals("failed", http.get(PATH + "/" + id).json().path("status").stringValue());
            assertEquals(500, ask(http, "\"input\":\"Hi\"").status());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "messages[1].role,input[1].role",
        "messages,input",
        "tools[0].function.name,tools[0].name",
    })
    void what_the_model_refuses_is_told_by_the_names_of_this_api(String found, String told)
            throws IOException, InterruptedException {
        Script model =
                Script.of(
                        _ -> {
                            throw new InvalidRequestException(
                                    found, "no", InvalidRequestException.Kind.CONTEXT_LENGTH);
                        });
        try (Http http = Http.serving(model)) {
            String input =
                    "\"input\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"b\"}]";
            for (String stream : List.of("true", "false")) {
                Http.Answer answer = ask(http, input + ",\"stream\":" + stream);
                assertEquals(400, answer.status());
                assertEquals(told, answer.json().path("param").stringValue());
                assertEquals("context_length_exceeded", answer.json().path("code").stringValue());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,A\",\"detail\":\"auto\"}",
                "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,A\"}}"
            })
    void an_image_is_refused_where_nobody_sees_it(String image)
            throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            Http.Answer answer =
                    ask(http, "\"input\":[{\"role\":\"user\",\"content\":[%s]}]".formatted(image));
            assertEquals(400, answer.status());
            assertEquals("input[0].content[0]", answer.json().path("param").stringValue());
        }
    }

    @Test
    void several_answers_can_vote() throws IOException, InterruptedException {
        Script model =
                Script.of(
                        new ChatEvent.Text("42"),
                        new ChatEvent.Finished(FinishReason.STOP, new Usage(1, 1, 0)));
        try (Http http = Http.serving(model)) {
            JsonNode body = ask(http, "\"input\":\"Hi\",\"votes\":3").json();
            assertEquals("42", body.at("/output/0/content/0/text").stringValue());
            assertEquals("[{\"answer\":\"42\",\"count\":2}]", body.path("votes").toString());
        }
    }

    @Test
    void a_response_that_nobody_reads_any_more_is_cancelled() throws Exception {
        Script model = Script.holding(new ChatEvent.Thinking("Hm"));
        try (Http http = Http.serving(model)) {
            try (RawClient client = RawClient.of(http)) {
                client.post(PATH, "{\"input\":\"Hi\",\"stream\":true}");
                client.readUntil("\"delta\":\"Hm\"}");
            }
            model.running.take().closed.await();
            http.awaitNothingAnswered();
        }
    }

    @Test
    void a_response_cannot_be_joined() throws IOException, InterruptedException {
        try (Http http = Http.serving(thinker())) {
            String own = PATH + "/" + id(ask(http, "\"input\":\"Hi\""));
            Http.Answer joined = http.get(own + "?stream=true&starting_after=3");
            assertEquals(400, joined.status());
            assertEquals("stream", joined.json().path("param").stringValue());
            assertEquals(200, http.get(own + "?include=message.output_text.logprobs").status());
        }
    }
}
