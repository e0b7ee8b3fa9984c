import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;

// Thinking and answer as they come, told apart.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/StreamThinking.java MODEL "How many primes lie below 100?"
void main(String[] args) throws IOException {
    try (ChatModel model = LocalModel.open(Path.of(args[0]));
            ChatStream stream = model.chat(ChatRequest.of(args[1]))) {
        for (ChatEvent event : stream) {
            switch (event) {
                case ChatEvent.Progress(int place, int read, int prompt, int _) ->
                        IO.println("read %d of %d tokens, place %d".formatted(read, prompt, place));
                case ChatEvent.Thinking(String text) -> IO.print(text.toLowerCase());
                case ChatEvent.Text(String text) -> IO.print(text);
                case ChatEvent.Intervened(var what) -> IO.println("[" + what.text() + "]");
                case ChatEvent.Finished(var why, var usage) ->
                        IO.println("\nended by %s, %d tokens".formatted(why, usage.totalTokens()));
                case ChatEvent.ToolCalled _, ChatEvent.Scored _, ChatEvent.Voted _ -> {}
            }
        }
    }
}
