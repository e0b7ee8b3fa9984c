import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;

// One question, one answer.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/AskAModel.java MODEL "Why is the sky blue?"
void main(String[] args) throws IOException {
    try (ChatModel model = LocalModel.open(Path.of(args[0]));
            ChatStream stream = model.chat(ChatRequest.of(args[1]))) {
        ChatStream.Answer answer = stream.collect();
        IO.println(answer.text());
        IO.println(
                "%d tokens, %d of them thinking; it ended by %s"
                        .formatted(
                                answer.usage().completionTokens(),
                                answer.usage().reasoningTokens(),
                                answer.why()));
    }
}
