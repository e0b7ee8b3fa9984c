import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;

// OpenAI's client for Java with nothing but the base URL changed, and the jars of clients
// (examples/README.md). Beside it runs: ./tramontane serve -m MODEL
//
//     java -cp 'contract/target/dependency/*' \
//         examples/OpenAiJavaAgainstServe.java http://127.0.0.1:11500/v1 "Hello"
void main(String[] args) {
    OpenAIClient client = OpenAIOkHttpClient.builder().baseUrl(args[0]).apiKey("any").build();
    ChatCompletionCreateParams question =
            ChatCompletionCreateParams.builder()
                    .model("magistral-small-latest")
                    .maxCompletionTokens(200)
                    .addUserMessage(args[1])
                    .build();
    try (var chunks = client.chat().completions().createStreaming(question)) {
        chunks.stream()
                .flatMap(chunk -> chunk.choices().stream())
                .forEach(choice -> choice.delta().content().ifPresent(IO::print));
    }
    IO.println();
    client.close();
}
