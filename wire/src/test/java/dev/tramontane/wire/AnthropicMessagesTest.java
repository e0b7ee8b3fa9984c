package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

class AnthropicMessagesTest {
    private static final SamplingParams DEFAULTS =
            new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1);

    private static AnthropicMessages.Request read(String fields) throws IOException {
        return AnthropicMessages.readRequest(
                UpstreamRequests.parse("{\"max_tokens\":20," + fields + "}"), DEFAULTS);
    }

    private static ChatRequest asking(String fields) throws IOException {
        String hi = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        return read(hi + (fields.isEmpty() ? "" : "," + fields)).chat();
    }

    private static List<Message> messages(String messages) throws IOException {
        return read("\"messages\":" + messages.replace('\'', '"')).chat().messages();
    }

    private static Message.UserMessage user(String text) {
        return new Message.UserMessage(text);
    }

    @Test
    void a_conversation_with_tools_is_read_message_by_message() throws IOException {
        List<Message> messages =
                messages(
                        """
                        [{'role':'user','content':[{'type':'text','text':'Sum?','cache_control':{'type':'ephemeral'}}]},
                         {'role':'assistant','content':[
                          {'type':'thinking','thinking':'Add.','signature':'of anybody'},
                          {'type':'redacted_thinking','data':'AAAA'},
                          {'type':'text','text':'Wait.'},
                          {'type':'tool_use','id':'toolu_1','name':'add','input':{'a':1}},
                          {'type':'tool_use','id':'toolu_2','name':'now','input':{}}]},
                         {'role':'user','content':[
                          {'type':'tool_result','tool_use_id':'toolu_2','is_error':true,'content':'no clock'},
                          {'type':'tool_result','tool_use_id':'toolu_1','content':[{'type':'text','text':'2'}]},
                          {'type':'text','text':'Go on.'}]},
                         {'role':'assistant','content':'It is'}]""");
        var calls =
                List.of(
                        new ToolCall(Optional.of("toolu_1"), "add", "{\"a\":1}"),
                        new ToolCall(Optional.of("toolu_2"), "now", "{}"));
        assertEquals(
                List.of(
                        user("Sum?"),
                        new Message.AssistantMessage(
                                List.of(
                                        new Chunk.ThinkChunk("Add.", true),
                                        new Chunk.TextChunk("Wait.")),
                                calls,
                                false),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("Error: no clock")),
                                Optional.of("toolu_2"),
                                Optional.of("now")),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("2")),
                                Optional.of("toolu_1"),
                                Optional.of("add")),
                        user("Go on."),
                        new Message.AssistantMessage(
                                List.of(new Chunk.TextChunk("It is")), List.of(), true)),
                messages);
    }

    @Test
    void results_alone_are_no_message_of_the_user() throws IOException {
        List<Message> messages =
                messages(
                        """
                        [{'role':'user','content':'Now?'},
                         {'role':'assistant','content':[{'type':'tool_use','id':'t','name':'now','input':{}}]},
                         {'role':'user','content':[{'type':'tool_result','tool_use_id':'t','is_error':true}]}]""");
        assertEquals(
                new Message.ToolMessage(
                        List.of(new Chunk.TextChunk("Error: ")),
                        Optional.of("t"),
                        Optional.of("now")),
                messages.getLast());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"system\":\"Be brief.\"",
                "\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":null}]"
            })
    void the_system_prompt_is_a_text_or_blocks(String system) throws IOException {
        assertEquals(
                List.of(new Message.SystemMessage("Be brief."), user("Hi")),
                asking(system).messages());
    }

    @Test
    void images_and_documents_are_parts() throws IOException {
        AnthropicMessages.Request request =
                read(
                        """
                        "messages":[{"role":"user","content":[
                         {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}},
                         {"type":"image","source":{"type":"url","url":"https://example.org/a.png"}},
                         {"type":"document","title":"T","source":{"type":"text","media_type":"text/plain","data":"D"}}]}]""");
        assertEquals(
                List.of(
                        new Chunk.ImageChunk(URI.create("data:image/png;base64,AAAA")),
                        new Chunk.ImageChunk(URI.create("https://example.org/a.png")),
                        new Chunk.TextChunk("T\n\nD")),
                request.chat().messages().getFirst().content());
        assertEquals(List.of("messages[0].content[0]", "messages[0].content[1]"), request.images());
    }

    @Test
    void tools_and_their_use_are_read() throws IOException {
        ChatRequest request =
                asking(
                        """
                        "tools":[{"name":"add","description":"Adds.","input_schema":{"type":"object"},"strict":true},
                         {"type":"custom","name":"now","input_schema":{}}]""");
        assertEquals(
                List.of(
                        new ToolSpec(
                                "add",
                                "Adds.",
                                UpstreamRequests.parse("{\"type\":\"object\"}"),
                                true),
                        new ToolSpec("now", "", UpstreamRequests.parse("{}"))),
                request.tools());
        assertEquals(ToolUse.FREE, request.toolUse());
    }

    @Test
    void choices_of_tools_have_four_names() throws IOException {
        assertEquals(new ToolUse(new ToolChoice.Auto(), true), use("{\"type\":\"auto\"}"));
        assertEquals(new ToolUse(new ToolChoice.None(), true), use("{\"type\":\"none\"}"));
        assertEquals(
                new ToolUse(new ToolChoice.Required(), false),
                use("{\"type\":\"any\",\"disable_parallel_tool_use\":true}"));
        assertEquals(
                new ToolUse(new ToolChoice.Named("add"), true),
                use("{\"type\":\"tool\",\"name\":\"add\"}"));
    }

    private static ToolUse use(String choice) throws IOException {
        return asking("\"tool_choice\":" + choice).toolUse();
    }

    @Test
    void thinking_is_off_unless_it_is_asked_for() throws IOException {
        assertEquals(new Thinking.Off(), asking("").thinking());
        assertEquals(new Thinking.Off(), thinking("\"type\":\"disabled\""));
        assertEquals(
                new Thinking.Budget(2048), thinking("\"type\":\"enabled\",\"budget_tokens\":2048"));
        assertEquals(Thinking.DEFAULT, thinking("\"type\":\"adaptive\""));
        String low = "\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}";
        assertEquals(new Thinking.Effort(Thinking.Level.LOW), asking(low).thinking());
    }

    private static Thinking thinking(String fields) throws IOException {
        return asking("\"thinking\":{" + fields + "}").thinking();
    }

    @Test
    void thinking_may_be_left_untold() throws IOException {
        String hi = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
        assertTrue(read(hi).showsThinking());
        String omitted = ",\"thinking\":{\"type\":\"adaptive\",\"display\":\"omitted\"}";
        assertFalse(read(hi + omitted).showsThinking());
    }

    @Test
    void sampling_stops_and_form_are_read() throws IOException {
        ChatRequest request =
                asking(
                        """
                        "temperature":0.2,"top_p":0.5,"top_k":40,"stop_sequences":["END"],"metadata":{"user_id":"u"},
                        "output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}}""");
        assertEquals(
                Optional.of(new SamplingParams(0.2f, 40, 0.5f, 0, 0, 20, -1)), request.sampling());
        assertEquals(List.of("END"), request.stop());
        assertEquals(
                new ResponseFormat.JsonSchema(UpstreamRequests.parse("{\"type\":\"object\"}")),
                request.format());
    }

    @Test
    void only_answers_need_a_limit() throws IOException {
        var json =
                UpstreamRequests.parse("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
        assertEquals(
                List.of(user("Hi")),
                AnthropicMessages.readCounted(json, DEFAULTS).chat().messages());
        var refused =
                assertThrows(
                        InvalidRequestException.class,
                        () -> AnthropicMessages.readRequest(json, DEFAULTS));
        assertEquals("max_tokens", refused.parameter());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[] | messages",
                "[{'content':'Hi'}] | messages[0].role",
                "[{'role':'user'}] | messages[0].content",
                "[{'role':'user','content':7}] | messages[0].content",
                "[{'role':'tool','content':'x'}] | messages[0].role",
                "[{'role':'user','content':[{'text':'x'}]}] | messages[0].content[0].type",
                "[{'role':'user','content':[{'type':'text'}]}] | messages[0].content[0].text",
                "[{'role':'user','content':[{'type':'audio'}]}] | messages[0].content[0].type",
                "[{'role':'user','content':[{'type':'thinking','thinking':'x'}]}] | messages[0].content[0].type",
                "[{'role':'user','content':[{'type':'image'}]}] | messages[0].content[0].source",
                "[{'role':'user','content':[{'type':'image','source':{'type':'file'}}]}] | messages[0].content[0].source.type",
                "[{'role':'user','content':[{'type':'image','source':{'type':'url','url':'a b'}}]}] | messages[0].content[0].source.type",
                "[{'role':'user','content':[{'type':'document','source':{'type':'base64'}}]}] | messages[0].content[0].source.type",
                "[{'role':'user','content':[{'type':'tool_result','tool_use_id':'t'}]}] | messages[0].content[0].tool_use_id",
                "[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n'}]}] | messages[0].content[0].input",
                "[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n','input':{}}]}] | messages[0].content",
                "[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n','input':{}}]},{'role':'user','content':'x'}] | messages[1].content",
                "[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'n','input':{}},{'type':'tool_use','id':'t','name':'n','input':{}}]}] | messages[0].content[1].id"
            })
    void what_is_no_conversation_is_refused_with_its_place(String messages, String path) {
        var refused = assertThrows(InvalidRequestException.class, () -> messages(messages));
        assertEquals(path, refused.parameter(), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'max_tokens':0 | max_tokens",
                "'system':7 | system",
                "'system':[{'type':'image'}] | system[0].type",
                "'temperature':9 | temperature",
                "'stop_sequences':[1] | stop_sequences",
                "'thinking':{'type':'loud'} | thinking.type",
                "'thinking':{'type':'enabled','budget_tokens':-1} | thinking.budget_tokens",
                "'thinking':{'type':'adaptive'},'output_config':{'effort':'some'} | output_config.effort",
                "'output_config':{'format':{'type':'xml'}} | output_config.format.type",
                "'tool_choice':'auto' | tool_choice",
                "'tool_choice':{'type':'tool'} | tool_choice.name",
                "'tools':[{'type':'web_search_20250305','name':'web_search'}] | tools[0].type",
                "'tools':[{'name':'a'}] | tools[0].input_schema",
                "'tools':[{'input_schema':{}}] | tools[0].name",
                "'stream':1 | stream"
            })
    void a_setting_that_means_nothing_is_refused_by_name(String fields, String path) {
        var refused =
                assertThrows(
                        InvalidRequestException.class, () -> asking(fields.replace('\'', '"')));
        assertEquals(path, refused.parameter(), refused.getMessage());
    }
}
