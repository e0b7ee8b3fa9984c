import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Thinking;
import dev.tramontane.langchain4j.TramontaneChatModel;
import dev.tramontane.langchain4j.TramontaneChatRequestParameters;

// LangChain4j over a model of this process, with the jars of clients (examples/README.md).
//
//     java --add-modules jdk.incubator.vector -cp 'contract/target/dependency/*' \
//         examples/LangChain4jInProcess.java MODEL "How many primes lie below 100?"
void main(String[] args) throws IOException {
    try (LocalModel local = LocalModel.open(Path.of(args[0]))) {
        var defaults =
                TramontaneChatRequestParameters.builder()
                        .thinking(new Thinking.Budget(64))
                        .seed(1L)
                        .maxOutputTokens(256)
                        .build();
        var model = TramontaneChatModel.of(local).withDefaults(defaults);
        var question = ChatRequest.builder().messages(UserMessage.from(args[1])).build();
        ChatResponse response = model.chat(question);
        IO.println("thought: " + response.aiMessage().thinking());
        IO.println("answer: " + response.aiMessage().text());
        IO.println(response.tokenUsage());
    }
}
