package dev.tramontane.chat;

/// Something that answers conversations: a model in this process, or a server elsewhere.
///
/// Safe for any number of threads.
public interface ChatModel extends AutoCloseable {
    /// Starts an answer. Close the stream, or read it to its end.
    ///
    /// @throws InvalidRequestException when the request must change; it names the parameter
    /// @throws dev.tramontane.engine.EngineOverloadedException when the caller should come back
    ///   later
    ChatStream chat(ChatRequest request);

    /// Ends running answers and frees what the model holds.
    @Override
    void close();
}
