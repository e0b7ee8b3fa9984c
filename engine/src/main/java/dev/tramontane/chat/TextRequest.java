package dev.tramontane.chat;

import dev.tramontane.sampling.SamplingParams;

import java.util.List;

/// A text that a model continues as it is, without a conversation around it.
///
/// @param prompt token ids, at least one; shared, not to be changed
/// @param stop texts that end what follows; none of them appears in it
/// @param client on whose behalf it is asked
/// @param format that what follows is held to
/// @param ignoresEnd whether what ends an answer otherwise never comes: it goes on until its last
///   token
/// @param images that the prompt has places for, in their order
public record TextRequest(
        int[] prompt,
        SamplingParams sampling,
        List<String> stop,
        Client client,
        ResponseFormat format,
        boolean ignoresEnd,
        List<ImageSource> images) {
    public TextRequest {
        stop = List.copyOf(stop);
        images = List.copyOf(images);
    }

    /// Of text alone, held to nothing, and ended where the model ends it.
    public TextRequest(int[] prompt, SamplingParams sampling, List<String> stop, Client client) {
        this(prompt, sampling, stop, client, ResponseFormat.TEXT, false, List.of());
    }

    public TextRequest withFormat(ResponseFormat other) {
        return new TextRequest(prompt, sampling, stop, client, other, ignoresEnd, images);
    }

    public TextRequest withIgnoredEnd(boolean ignored) {
        return new TextRequest(prompt, sampling, stop, client, format, ignored, images);
    }

    public TextRequest withImages(List<ImageSource> shown) {
        return new TextRequest(prompt, sampling, stop, client, format, ignoresEnd, shown);
    }
}
