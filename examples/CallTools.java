import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

static final JsonMapper JSON = new JsonMapper();

// A model calls a tool, reads what it gave back, and answers. The tool is strict: the arguments are
// held to their schema while they are written.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/CallTools.java MODEL "What time is it in Nice?"
void main(String[] args) throws IOException {
    JsonNode zones =
            JSON.readTree(
                    """
                    {"type": "object", "required": ["zone"], "additionalProperties": false,
                     "properties": {"zone": {"enum": ["Europe/Paris", "Asia/Tokyo", "UTC"]}}}
                    """);
    var clock = new ToolSpec("clock", "The time of a zone", zones, true);
    List<Message> conversation = new ArrayList<>(List.of(new Message.UserMessage(args[1])));
    try (ChatModel model = LocalModel.open(Path.of(args[0]))) {
        ToolUse must = ToolUse.FREE.withParallel(false).withChoice(new ToolChoice.Required());
        ChatStream.Answer asked = ask(model, conversation, List.of(clock), must);
        conversation.add(asked.message());
        for (ToolCall call : asked.toolCalls()) {
            String zone = JSON.readTree(call.arguments()).path("zone").asString();
            String time = LocalTime.now(ZoneId.of(zone)).truncatedTo(ChronoUnit.MINUTES).toString();
            IO.println("%s(%s) is %s".formatted(call.name(), zone, time));
            var result = List.<Chunk>of(new Chunk.TextChunk(time));
            conversation.add(new Message.ToolMessage(result, call.id(), Optional.of(call.name())));
        }
        IO.println(ask(model, conversation, List.of(), ToolUse.FREE).text());
    }
}

ChatStream.Answer ask(
        ChatModel model, List<Message> conversation, List<ToolSpec> tools, ToolUse use) {
    ChatRequest request = ChatRequest.of(conversation).withTools(tools).withToolUse(use);
    try (ChatStream stream = model.chat(request)) {
        return stream.collect();
    }
}
