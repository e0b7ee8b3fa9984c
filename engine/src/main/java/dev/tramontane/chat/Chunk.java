package dev.tramontane.chat;

import java.net.URI;

/// A part of a message's content.
public sealed interface Chunk {
    /// Plain text.
    record TextChunk(String text) implements Chunk {}

    /// Thinking of an assistant, or a model of it in a system message.
    ///
    /// @param closed whether the thinking ended; an unclosed one is written without its end mark
    record ThinkChunk(String text, boolean closed) implements Chunk {}

    /// An image, named by an address (often a `data:` URL); its pixels come with the vision
    /// encoder.
    record ImageChunk(URI source) implements Chunk {}
}
