import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ResponseFormat;

import tools.jackson.databind.json.JsonMapper;

record Train(int departureHour, int arrivalHour, List<String> stops) {}

// An answer that a schema describes, read into a record. The thinking before it is free.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/AnswerInJson.java MODEL "The 9 o'clock train calls at Lyon and arrives at 13."
void main(String[] args) throws IOException {
    var json = new JsonMapper();
    var schema =
            json.readTree(
                    """
                    {"type": "object", "additionalProperties": false,
                     "properties": {
                       "departureHour": {"type": "integer", "minimum": 0, "maximum": 23},
                       "arrivalHour": {"type": "integer", "minimum": 0, "maximum": 23},
                       "stops": {"type": "array", "maxItems": 3,
                                 "items": {"type": "string", "maxLength": 20}}},
                     "required": ["departureHour", "arrivalHour", "stops"]}
                    """);
    ChatRequest request = ChatRequest.of(args[1]).withFormat(new ResponseFormat.JsonSchema(schema));
    try (ChatModel model = LocalModel.open(Path.of(args[0]));
            ChatStream stream = model.chat(request)) {
        Train train = json.readValue(stream.collect().text(), Train.class);
        IO.println(
                "%d to %d, by %s"
                        .formatted(train.departureHour(), train.arrivalHour(), train.stops()));
    }
}
