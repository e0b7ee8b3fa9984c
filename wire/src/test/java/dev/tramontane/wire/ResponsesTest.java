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
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// Requests of the Responses API.
class ResponsesTest {
    private static final SamplingParams DEFAULTS =
            new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1);

    /// One response, `resp_1`, of the assistant who was asked `Before?` and called `f`.
    private static final Responses.Past PAST =
            new Responses.Past() {
                @Override
                public List<ObjectNode> conversation(String responseId) {
                    if (!responseId.equals("resp_1")) {
                        throw new IllegalArgumentException(responseId);
                    }
                    return List.of(
                            object("{'id':'msg_1','role':'user','content':'Before?'}"),
                            object(
                                    "{'id':'rs_1','type':'reasoning','summary':[],'content':[{'type':'reasoning_text','text':'Hm'}]}"),
                            object(
                                    "{'id':'fc_1','type':'function_call','call_id':'c1','name':'f','arguments':'{}'}"));
                }

                @Override
                public Optional<ObjectNode> item(String id) {
                    return id.equals("msg_1")
                            ? Optional.of(conversation("resp_1").getFirst())
                            : Optional.empty();
                }
            };

    private static ObjectNode object(String json) {
        try {
            return (ObjectNode) UpstreamRequests.parse(json.replace('\'', '"'));
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Responses.Request read(String json) {
        return Responses.readRequest(object(json), DEFAULTS, PAST);
    }

    private static List<Message> messages(String input) {
        return read("{'input':" + input + "}").chat().messages();
    }

    private static InvalidRequestException refused(String json) {
        return assertThrows(InvalidRequestException.class, () -> read(json));
    }

    @Test
    void a_text_is_what_the_user_says() {
        Responses.Request request = read("{'model':'m','input':'Hi','instructions':'Be brief.'}");
        assertEquals("m", request.model());
        assertEquals(
                List.of(new Message.SystemMessage("Be brief."), new Message.UserMessage("Hi")),
                request.chat().messages());
        assertEquals(List.of("instructions", "input"), request.places());
        ObjectNode item = request.memory().items().getFirst();
        assertTrue(item.path("id").stringValue().matches("msg_[0-9a-f]{32}"));
        assertEquals(
                "[{\"type\":\"input_text\",\"text\":\"Hi\"}]", item.path("content").toString());
        assertEquals("message", item.path("type").stringValue());
        assertEquals("completed", item.path("status").stringValue());
    }

    /// What a client sends back is what it was told: several items for what was one message.
    @Test
    void what_the_model_said_at_once_is_one_message() {
        List<Message> messages =
                messages(
                        """
                        [{'role':'user','content':[{'type':'input_text','text':'Look'},
                           {'type':'input_image','image_url':'data:image/png;base64,A','detail':'auto'}]},
                         {'type':'reasoning','id':'rs_9','summary':[{'type':'summary_text','text':'no'}],
                           'content':[{'type':'reasoning_text','text':'a'},{'type':'reasoning_text','text':'b'}]},
                         {'type':'message','id':'msg_9','role':'assistant','status':'completed',
                           'content':[{'type':'output_text','text':'Let me see.','annotations':[]}]},
                         {'type':'function_call','id':'fc_8','call_id':'c8','name':'now','arguments':'{}'},
                         {'type':'function_call','id':'fc_9','call_id':'c9','name':'add','arguments':'{\\"a\\":1}'},
                         {'type':'function_call_output','call_id':'c8','output':'12:00'},
                         {'type':'function_call_output','call_id':'c9','output':[{'type':'input_text','text':'2'}]},
                         {'role':'assistant','content':'Noon.'},
                         {'role':'assistant','content':'Two.'},
                         {'role':'developer','content':'Go on.'}]
                        """);
        var first =
                new Message.AssistantMessage(
                        List.of(
                                new Chunk.ThinkChunk("ab", true),
                                new Chunk.TextChunk("Let me see.")),
                        List.of(
                                new ToolCall(Optional.of("c8"), "now", "{}"),
                                new ToolCall(Optional.of("c9"), "add", "{\"a\":1}")),
                        false);
        assertEquals(
                List.of(
                        new Message.UserMessage(
                                List.of(
                                        new Chunk.TextChunk("Look"),
                                        new Chunk.ImageChunk(
                                                URI.create("data:image/png;base64,A")))),
                        first,
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("12:00")),
                                Optional.of("c8"),
                                Optional.empty()),
                        new Message.ToolMessage(
                                List.of(new Chunk.TextChunk("2")),
                                Optional.of("c9"),
                                Optional.empty()),
                        new Message.AssistantMessage("Noon."),
                        new Message.AssistantMessage("Two."),
                        new Message.SystemMessage("Go on.")),
                messages);
    }

    @Test
    void thinking_begins_a_message_and_empty_ones_are_none() {
        List<Message> messages =
                messages(
                        """
                        [{'role':'user','content':'a'},{'role':'assistant','content':'b'},
                         {'type':'reasoning','summary':[],'content':[{'type':'reasoning_text','text':'c'}],'status':'incomplete'},
                         {'type':'reasoning','summary':[{'type':'summary_text','text':'d'}],'encrypted_content':'x'},
                         {'role':'assistant','content':[{'type':'output_text','text':''}]},
                         {'role':'user','content':'e'}]
                        """);
        var thought =
                new Message.AssistantMessage(
                        List.of(new Chunk.ThinkChunk("c", false)), List.of(), false);
        assertEquals(
                List.of(
                        new Message.UserMessage("a"),
                        new Message.AssistantMessage("b"),
                        thought,
                        new Message.UserMessage("e")),
                messages);
    }

    @Test
    void a_request_goes_on_from_a_response_and_its_instructions_are_its_own() {
        Responses.Request request =
                read(
                        """
                        {'previous_response_id':'resp_1','instructions':'New.','store':false,
                         'input':[{'type':'function_call_output','call_id':'c1','output':'1'},{'type':'item_reference','id':'msg_1'},{'id':'msg_1'}]}
                        """);
        List<Message> messages = request.chat().messages();
        assertEquals(new Message.SystemMessage("New."), messages.getFirst());
        assertEquals(
                List.of("instructions", "previous_response_id", "previous_response_id"),
                request.places().subList(0, 3));
        assertEquals(new Message.UserMessage("Before?"), messages.get(1));
        assertTrue(messages.get(2) instanceof Message.AssistantMessage, messages.toString());
        assertEquals(new Message.UserMessage("Before?"), messages.getLast());
        assertEquals(6, messages.size());
        assertEquals(Optional.of("resp_1"), request.memory().previous());
        assertFalse(request.memory().store());
        assertEquals(3, request.memory().items().size(), "its own alone");
        assertEquals("msg_1", request.memory().items().getLast().path("id").stringValue());
    }

    @Test
    void what_is_asked_arrives() {
        Responses.Request request =
                read(
                        """
                        {'input':'Hi','max_output_tokens':20,'temperature':0.5,'top_p':0.5,'reasoning':{'effort':'low','summary':'auto'},
                         'parallel_tool_calls':false,'tool_choice':{'type':'function','name':'add'},'stream':true,'stop':'x',
                         'tools':[{'type':'function','name':'add','description':'Adds.','parameters':{'type':'object'},'strict':true},
                                  {'type':'function','name':'now','parameters':null,'strict':null}],
                         'text':{'format':{'type':'json_schema','name':'n','schema':{'type':'object'}},'verbosity':'low'},
                         'include':['message.output_text.logprobs','reasoning.encrypted_content'],'top_logprobs':3,
                         'truncation':'auto','metadata':{'a':'b'},'user':'u','prompt_cache_key':'k','unknown':{'x':1}}
                        """);
        ChatRequest chat = request.chat();
        SamplingParams sampling = chat.sampling().orElseThrow();
        assertEquals(20, sampling.maxTokens());
        assertEquals(0.5f, sampling.temperature());
        assertEquals(3, sampling.topLogprobs());
        assertEquals(new Thinking.Effort(Thinking.Level.LOW), chat.thinking());
        assertEquals(new ToolChoice.Named("add"), chat.toolUse().choice());
        assertFalse(chat.toolUse().parallel());
        assertEquals(
                List.of(
                        new ToolSpec("add", "Adds.", object("{'type':'object'}"), true),
                        new ToolSpec("now", "", object("{}"))),
                chat.tools());
        assertEquals(new ResponseFormat.JsonSchema(object("{'type':'object'}")), chat.format());
        assertEquals(List.of("x"), chat.stop());
        assertTrue(request.delivery().stream() && request.truncates() && request.memory().store());
        ObjectNode told = request.settings();
        assertEquals("{\"a\":\"b\"}", told.path("metadata").toString());
        assertEquals(
                "{\"effort\":\"low\",\"summary\":\"auto\"}", told.path("reasoning").toString());
        assertEquals(0.5, told.path("temperature").doubleValue());
        assertEquals("auto", told.path("truncation").stringValue());
        assertEquals("low", told.at("/text/verbosity").stringValue());
        assertEquals("json_schema", told.at("/text/format/type").stringValue());
        assertEquals(
                "{\"type\":\"function\",\"name\":\"now\",\"description\":null,\"parameters\":{},\"strict\":false}",
                told.path("tools").path(1).toString());
    }

    @Test
    void what_is_left_open_is_as_the_model_has_it() {
        Responses.Request request = read("{'input':'Hi'}");
        assertEquals(DEFAULTS, request.chat().sampling().orElseThrow());
        assertEquals(Thinking.DEFAULT, request.chat().thinking());
        assertTrue(request.chat().defaultSystemPrompt());
        assertEquals(0.7, request.settings().path("temperature").doubleValue());
        assertEquals("auto", request.settings().path("tool_choice").stringValue());
        assertTrue(request.settings().path("max_output_tokens").isNull());
        assertEquals(1, request.votes());
    }

    @Test
    void allowed_tools_are_those_that_are_offered() {
        String tools =
                "'tools':[{'type':'function','name':'a'},{'type':'function','name':'b'}],'input':'Hi',";
        String choice =
                "'tool_choice':{'type':'allowed_tools','mode':'required','tools':[{'type':'function','name':'%s'}]}";
        ChatRequest chat = read("{" + tools + choice.formatted("b") + "}").chat();
        assertEquals(List.of("b"), chat.tools().stream().map(ToolSpec::name).toList());
        assertEquals(new ToolChoice.Required(), chat.toolUse().choice());
        assertEquals(
                "tool_choice.tools[0].name",
                refused("{" + tools + choice.formatted("c") + "}").parameter());
    }

    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "input | {}",
                "input | {'input':7}",
                "input | {'input':[]}",
                "input[0] | {'input':['Hi']}",
                "input[0].role | {'input':[{'role':'tool','content':'Hi'}]}",
                "input[0].role | {'input':[{'type':'message','content':'Hi'}]}",
                "input[0].content[0].type | {'input':[{'role':'user','content':[{'type':'input_file','file_id':'f'}]}]}",
                "input[0].content[0].image_url | {'input':[{'role':'user','content':[{'type':'input_image','file_id':'f'}]}]}",
                "input[0].type | {'input':[{'type':'web_search_call','id':'x'}]}",
                "input[0].id | {'input':[{'type':'item_reference','id':'msg_2'}]}",
                "input[0].id | {'input':[{}]}",
                "input[0].call_id | {'input':[{'type':'function_call','name':'f','arguments':'{}'}]}",
                "input[0].call_id | {'input':[{'type':'function_call_output','output':'x'}]}",
                "input[0].output | {'input':[{'type':'function_call_output','call_id':'c','output':7}]}",
                "tools[0].type | {'input':'Hi','tools':[{'type':'web_search'}]}",
                "tools[0].type | {'input':'Hi','tools':[{'name':'f'}]}",
                "tools[0].name | {'input':'Hi','tools':[{'type':'function'}]}",
                "tool_choice | {'input':'Hi','tool_choice':'maybe'}",
                "tool_choice.type | {'input':'Hi','tool_choice':{'type':'mcp'}}",
                "text.format.type | {'input':'Hi','text':{'format':{'type':'xml'}}}",
                "text.format.schema | {'input':'Hi','text':{'format':{'type':'json_schema','name':'n'}}}",
                "reasoning.effort | {'input':'Hi','reasoning':{'effort':'huge'}}",
                "reasoning.summary | {'input':'Hi','reasoning':{'summary':'long'}}",
                "background | {'input':'Hi','background':true}",
                "conversation | {'input':'Hi','conversation':'conv_1'}",
                "prompt | {'input':'Hi','prompt':{'id':'pmpt_1'}}",
                "moderation | {'input':'Hi','moderation':{'model':'m'}}",
                "include | {'input':'Hi','include':['everything']}",
                "truncation | {'input':'Hi','truncation':'some'}",
                "metadata | {'input':'Hi','metadata':{'a':1}}",
                "max_output_tokens | {'input':'Hi','max_output_tokens':0}",
                "top_logprobs | {'input':'Hi','top_logprobs':21}",
            })
    void what_means_nothing_or_is_not_there_is_refused_by_name(String field, String json) {
        assertEquals(field, refused(json).parameter());
    }

    @ParameterizedTest(name = "{0} | {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "messages[0].content[0] | instructions",
                "messages[1] | previous_response_id",
                "messages[2].tool_calls[0].id | previous_response_id",
                "messages[3].tool_call_id | input[0].call_id",
                "messages[4].role | input[1].role",
                "messages[9] | input",
                "messages | input",
                "tools[1].function.name | tools[1].name",
                "response_format.json_schema.schema | text.format.schema",
                "reasoning_effort | reasoning.effort",
                "temperature | temperature",
            })
    void what_is_wrong_below_is_told_by_the_requests_own_names(String found, String told) {
        Responses.Request request =
                read(
                        """
                        {'previous_response_id':'resp_1','instructions':'New.',
                         'input':[{'type':'function_call_output','call_id':'c1','output':'1'},{'role':'user','content':'And?'}]}
                        """);
        InvalidRequestException refusal =
                request.told(
                        new InvalidRequestException(
                                found, "wrong", InvalidRequestException.Kind.CONTEXT_LENGTH));
        assertEquals(told, refusal.parameter());
        assertEquals(told + ": wrong", refusal.getMessage());
        assertEquals(InvalidRequestException.Kind.CONTEXT_LENGTH, refusal.kind());
    }

    @Test
    void places_stay_where_a_model_is_told_more_than_the_request_says() {
        Responses.Request request = read("{'input':'Hi'}");
        List<Message> more =
                List.of(new Message.SystemMessage("Be kind."), new Message.UserMessage("Hi"));
        Responses.Request asked = request.asking(request.chat().withMessages(more));
        assertEquals(List.of("model", "input"), asked.places());
        assertEquals(more, asked.chat().messages());
        InvalidRequestException refusal = new InvalidRequestException("messages[1]", "wrong");
        assertEquals("input", asked.told(refusal).parameter());
    }

    @Test
    void messages_are_left_out_with_their_places() {
        Responses.Request request =
                read("{'input':[{'role':'user','content':'a'},{'role':'assistant','content':'b'},{'role':'user','content':'c'}]}")
                        .without(0, 2);
        assertEquals(List.of(new Message.UserMessage("c")), request.chat().messages());
        assertEquals(List.of("input[2]"), request.places());
        assertEquals(3, request.memory().items().size(), "all is remembered");
    }
}
