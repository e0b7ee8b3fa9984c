package dev.tramontane.chat;

import dev.tramontane.image.RgbImage;

import java.net.URI;

/// A part of a message's content.
public sealed interface Chunk {
    /// Plain text.
    record TextChunk(String text) implements Chunk {}

    /// Thinking of an assistant, or a model of it in a system message.
    ///
    /// @param closed whether the thinking ended; an unclosed one is written without its end mark
    record ThinkChunk(String text, boolean closed) implements Chunk {}

    /// An image.
    record ImageChunk(ImageSource source) implements Chunk {
        /// An image at an address, often a `data:` URL.
        public ImageChunk(URI address) {
            this(new ImageSource.Address(address));
        }

        /// An image's pixels.
        public ImageChunk(RgbImage image) {
            this(new ImageSource.Pixels(image));
        }
    }
}
