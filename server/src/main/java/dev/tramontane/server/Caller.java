package dev.tramontane.server;

import dev.tramontane.chat.Client;
import dev.tramontane.engine.Priority;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.StreamedUsage;

import java.util.Optional;

/// Whoever sent a request.
///
/// @param owner of its key; empty where nobody has keys
/// @param format how it wants thinking told, by its key or by what program it is; empty where
///   neither says
/// @param streamedUsage where it reads what an answer took, unless it asks for a chunk of its own
record Caller(String owner, Optional<ReasoningFormat> format, StreamedUsage streamedUsage) {
    private static final String MISTRALS_CLIENTS = "mistral-client-";
    private static final String OPENAI_JAVA = "OpenAIClient"; // OpenAIClientImpl/Java 4.101.0
    private static final String LANGCHAIN4J_FOR_MISTRAL = "langchain4j-mistral-ai";

    /// @param userAgent empty where it sent none
    static Caller of(Optional<ApiKey> key, String userAgent) {
        Optional<ReasoningFormat> byClient =
                userAgent.startsWith(MISTRALS_CLIENTS)
                                || userAgent.startsWith(LANGCHAIN4J_FOR_MISTRAL)
                        ? Optional.of(ReasoningFormat.MISTRAL)
                        : Optional.empty();
        return new Caller(
                key.map(ApiKey::owner).orElse(""),
                key.flatMap(ApiKey::format).or(() -> byClient),
                userAgent.startsWith(OPENAI_JAVA)
                        ? StreamedUsage.UNTOLD
                        : StreamedUsage.IN_LAST_CHUNK);
    }

    /// Whether it reads errors as Mistral writes them.
    boolean readsMistral() {
        return format.equals(Optional.of(ReasoningFormat.MISTRAL));
    }

    Client client() {
        return new Client(owner, Priority.INTERACTIVE);
    }
}
