package dev.tramontane.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.server.Script;

/// What the tests ask, and models that answer it.
final class Asking {
    static final ChatEvent.Finished END =
            new ChatEvent.Finished(FinishReason.STOP, new Usage(7, 9, 5));

    static final ToolSpecification WEATHER =
            ToolSpecification.builder()
                    .name("weather")
                    .description("The weather of a city")
                    .parameters(
                            JsonObjectSchema.builder()
                                    .addStringProperty("city", "its name")
                                    .required("city")
                                    .build())
                    .strict(true)
                    .build();

    private Asking() {}

    static ChatRequest request(ChatRequestParameters parameters, ChatMessage... messages) {
        return ChatRequest.builder().messages(messages).parameters(parameters).build();
    }

    static ChatRequest question(ChatRequestParameters parameters) {
        return request(parameters, UserMessage.from("How many?"));
    }

    /// Thinks, and says in two pieces that there are three.
    static Script thinker() {
        return Script.of(
                new ChatEvent.Progress(0, 3, 7),
                new ChatEvent.Thinking("Two"),
                new ChatEvent.Thinking(" and one."),
                new ChatEvent.Text("Th"),
                new ChatEvent.Text("ree."),
                END);
    }

    static TramontaneChatModel over(dev.tramontane.chat.ChatModel model) {
        return TramontaneChatModel.of(model, "script", Script.SAMPLING);
    }

    static TramontaneStreamingChatModel streaming(dev.tramontane.chat.ChatModel model) {
        return TramontaneStreamingChatModel.of(model, "script", Script.SAMPLING);
    }
}
