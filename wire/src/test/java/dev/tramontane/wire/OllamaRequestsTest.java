package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.OllamaRequests.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

class OllamaRequestsTest {
    private static final SamplingParams DEFAULTS =
            new SamplingParams(0.7f, 0, 0.95f, 0, 7, 1000, -1);

    private static OllamaRequests.Request chat(String fields) throws IOException {
        return OllamaRequests.readChat(
                UpstreamRequests.parse(("{" + fields + "}").replace('\'', '"')), DEFAULTS);
    }

    private static OllamaRequests.Request generate(String fields) throws IOException {
        return OllamaRequests.readGenerate(
                UpstreamRequests.parse(("{" + fields + "}").replace('\'', '"')), DEFAULTS);
    }

    private static ChatRequest asked(OllamaRequests.Request request) {
        return assertInstanceOf(Task.Talk.class, request.task()).chat();
    }

    private static ChatRequest asking(String fields) throws IOException {
        String hi = "'messages':[{'role':'user','content':'Hi'}]";
        return asked(chat(hi + (fields.isEmpty() ? "" : "," + fields)));
    }

    private static List<Message> messages(String messages) throws IOException {
        return asked(chat("'messages':" + messages)).messages();
    }

    private static Message.ToolMessage result(String text, String id, String name) {
        return new Message.ToolMessage(
                List.of(new Chunk.TextChunk(text)), Optional.of(id), Optional.of(name));
    }

    @Test
    void results_find_their_calls_without_ids() throws IOException {
        List<Message> messages =
                messages(
                        """
                        [{'role':'system','content':'Be brief.'},{'role':'user','content':'Sum?'},
                         {'role':'assistant','content':'','thinking':'Add.','tool_calls':[
                          {'function':{'name':'now','arguments':{}}},
                          {'function':{'name':'add','arguments':{'a':1}}},
                          {'function':{'name':'now'}}]},
                         {'role':'tool','tool_name':'add','content':'2'},
                         {'role':'tool','content':'noon'},
                         {'role':'tool','tool_name':'now','content':'one'},
                         {'role':'assistant','content':'It is'}]""");
        assertEquals(
                new Message.AssistantMessage(
                        List.of(new Chunk.ThinkChunk("Add.", true)),
                        List.of(
                                new ToolCall(Optional.of("call-0"), "now", "{}"),
                                new ToolCall(Optional.of("call-1"), "add", "{\"a\":1}"),
                                new ToolCall(Optional.of("call-2"), "now", "{}")),
                        false),
                messages.get(2));
        assertEquals(
                List.of(
                        result("2", "call-1", "add"),
                        result("noon", "call-0", "now"),
                        result("one", "call-2", "now"),
                        new Message.AssistantMessage(
                                List.of(new Chunk.TextChunk("It is")), List.of(), true)),
                messages.subList(3, 7));
    }

    @Test
    void ids_count_where_clients_have_them() throws IOException {
        List<Message> messages =
                messages(
                        """
                        [{'role':'user','content':'Sum?'},
                         {'role':'assistant','tool_calls':[
                          {'id':'a','function':{'name':'now','arguments':{}}},
                          {'id':'b','function':{'name':'now','arguments':{}}}]},
                         {'role':'tool','tool_call_id':'b','content':'two'},
                         {'role':'tool','tool_call_id':'a','content':'one'}]""");
        assertEquals(
                List.of(result("two", "b", "now"), result("one", "a", "now")),
                messages.subList(2, 4));
    }

    @Test
    void images_stand_in_front_of_the_text() throws IOException {
        OllamaRequests.Request request =
                chat("'messages':[{'role':'user','content':'What?','images':['AAAA','BBBB']}]");
        assertEquals(
                List.of(
                        new Chunk.ImageChunk(URI.create("data:;base64,AAAA")),
                        new Chunk.ImageChunk(URI.create("data:;base64,BBBB")),
                        new Chunk.TextChunk("What?")),
                asked(request).messages().getFirst().content());
        assertEquals(List.of("messages[0].images[0]", "messages[0].images[1]"), request.images());
        assertEquals(List.of("images[0]"), generate("'prompt':'?','images':['AAAA']").images());
    }

    @Test
    void options_say_how_tokens_are_chosen() throws IOException {
        ChatRequest request =
                asking(
                        """
                        'options':{'num_predict':20,'temperature':0.2,'top_k':40,'top_p':0.5,'min_p':0.05,'typical_p':0.9,'seed':3,
                         'stop':['END'],'repeat_penalty':1.5,'repeat_last_n':64,'presence_penalty':0.5,'frequency_penalty':0.25,
                         'num_ctx':4096,'num_gpu':1,'mirostat':0},'keep_alive':'5m'""");
        Penalties none = DEFAULTS.penalties();
        var penalties =
                new Penalties(none.bias(), new Repetition(1.5f, 0.25f, 0.5f, 64), none.dry());
        assertEquals(
                Optional.of(new SamplingParams(penalties, 0.2f, 40, 0.9f, 0.5f, 0.05f, 3, 20, -1)),
                request.sampling());
        assertEquals(List.of("END"), request.stop());
        assertEquals(Optional.of(DEFAULTS), asking("").sampling());
    }

    @ParameterizedTest
    @ValueSource(strings = {"'num_predict':-1", "'num_predict':-2", "'num_predict':0", "'seed':-1"})
    void what_means_any_is_left_to_the_model(String option) throws IOException {
        assertEquals(Optional.of(DEFAULTS), asking("'options':{" + option + "}").sampling());
    }

    @Test
    void log_probabilities_are_asked_for_beside_the_options() throws IOException {
        assertEquals(
                Optional.of(DEFAULTS.withTopLogprobs(2)),
                asking("'logprobs':true,'top_logprobs':2").sampling());
    }

    @Test
    void thinking_is_a_switch_or_a_level() throws IOException {
        assertEquals(Thinking.DEFAULT, asking("").thinking());
        assertEquals(new Thinking.Off(), asking("'think':false").thinking());
        assertEquals(new Thinking.Effort(Thinking.Level.HIGH), asking("'think':true").thinking());
        assertEquals(new Thinking.Effort(Thinking.Level.LOW), asking("'think':'low'").thinking());
    }

    @Test
    void the_form_is_json_or_a_schema() throws IOException {
        assertEquals(ResponseFormat.TEXT, asking("'format':''").format());
        assertEquals(new ResponseFormat.JsonObject(), asking("'format':'json'").format());
        assertEquals(
                new ResponseFormat.JsonSchema(UpstreamRequests.parse("{\"type\":\"object\"}")),
                asking("'format':{'type':'object'}").format());
    }

    @Test
    void tools_are_as_openai_has_them() throws IOException {
        ChatRequest request =
                asking(
                        "'tools':[{'type':'function','function':{'name':'now','parameters':{'type':'object'}}}]");
        assertEquals(
                List.of(new ToolSpec("now", "", UpstreamRequests.parse("{\"type\":\"object\"}"))),
                request.tools());
    }

    @Test
    void streams_are_the_default() throws IOException {
        assertTrue(chat("'messages':[]").stream());
        assertFalse(chat("'messages':[],'stream':false").stream());
    }

    @Test
    void nothing_to_say_loads_the_model() throws IOException {
        assertEquals(new Task.Load(), chat("'messages':[]").task());
        assertEquals(new Task.Load(), chat("'model':'m'").task());
        assertEquals(new Task.Load(), generate("'prompt':'','keep_alive':0").task());
    }

    @Test
    void a_prompt_is_a_conversation_of_one_question() throws IOException {
        ChatRequest request =
                asked(generate("'prompt':'Hi','system':'Be brief.','options':{'stop':'x'}"));
        assertEquals(
                List.of(new Message.SystemMessage("Be brief."), new Message.UserMessage("Hi")),
                request.messages());
        assertEquals(List.of("x"), request.stop());
    }

    @Test
    void a_raw_prompt_is_continued_as_it_is() throws IOException {
        assertEquals(
                new Task.Continue("Once", Optional.empty(), DEFAULTS, List.of()),
                generate("'prompt':'Once','raw':true,'format':''").task());
        assertEquals(
                new Task.Continue("a", Optional.of("b"), DEFAULTS.withMaxTokens(5), List.of("c")),
                generate("'prompt':'a','suffix':'b','options':{'num_predict':5,'stop':['c']}")
                        .task());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'messages':7 | messages",
                "'messages':[{'content':'x'}] | messages[0].role",
                "'messages':[{'role':'robot','content':'x'}] | messages[0].role",
                "'messages':[{'role':'user','content':['x']}] | messages[0].content",
                "'messages':[{'role':'user','content':'x','images':[7]}] | messages[0].images",
                "'messages':[{'role':'user','content':'x','images':['<>']}] | messages[0].images",
                "'messages':[{'role':'tool','content':'x'}] | messages[0].tool_name",
                "'messages':[{'role':'assistant','tool_calls':[{}]}] | messages[0].tool_calls[0].function",
                "'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'n','arguments':'{}'}}]}] | messages[0].tool_calls[0].function.arguments",
                "'messages':[{'role':'assistant','tool_calls':[{'function':{'name':'n'}}]},{'role':'tool','tool_name':'m','content':'x'}] | messages[1].tool_name",
                "'messages':[{'role':'user','content':'x'}],'options':7 | options",
                "'messages':[{'role':'user','content':'x'}],'options':{'temperature':9} | options.temperature",
                "'messages':[{'role':'user','content':'x'}],'options':{'num_predict':-3} | options.num_predict",
                "'messages':[{'role':'user','content':'x'}],'options':{'stop':[1]} | options.stop",
                "'messages':[{'role':'user','content':'x'}],'think':7 | think",
                "'messages':[{'role':'user','content':'x'}],'think':'loud' | think",
                "'messages':[{'role':'user','content':'x'}],'format':'xml' | format",
                "'messages':[{'role':'user','content':'x'}],'format':[1] | format",
                "'messages':[{'role':'user','content':'x'}],'tools':[{'type':'x'}] | tools[0].type",
                "'messages':[],'stream':1 | stream"
            })
    void what_is_no_chat_is_refused_with_its_place(String fields, String path) {
        var refused = assertThrows(InvalidRequestException.class, () -> chat(fields));
        assertEquals(path, refused.parameter(), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'prompt':7 | prompt",
                "'prompt':'a','template':'{{ .Prompt }}' | template",
                "'prompt':'a','context':[1,2] | context",
                "'prompt':'a','raw':true,'system':'b' | system",
                "'prompt':'a','raw':true,'format':'json' | format",
                "'prompt':'a','suffix':'b','images':['AAAA'] | images",
                "'raw':true | prompt",
                "'suffix':'b' | prompt"
            })
    void what_cannot_be_generated_is_refused_by_name(String fields, String path) {
        var refused = assertThrows(InvalidRequestException.class, () -> generate(fields));
        assertEquals(path, refused.parameter(), refused.getMessage());
    }
}
