/// LangChain4j's models over one of this process: no server between them, no HTTP.
///
/// {@link dev.tramontane.langchain4j.TramontaneChatModel} answers whole, {@link
/// dev.tramontane.langchain4j.TramontaneStreamingChatModel} as it comes, {@link
/// dev.tramontane.langchain4j.TramontaneEmbeddingModel} with the vectors of texts; what LangChain4j
/// has no word for is asked in {@link dev.tramontane.langchain4j.TramontaneChatRequestParameters}
/// and told in {@link dev.tramontane.langchain4j.TramontaneChatResponseMetadata}. {@link
/// dev.tramontane.langchain4j.RequestReader} turns a request into ours, {@link
/// dev.tramontane.langchain4j.AnswerBuilder} our events into theirs.
package dev.tramontane.langchain4j;
