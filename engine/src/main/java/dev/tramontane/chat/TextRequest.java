package dev.tramontane.chat;

import dev.tramontane.sampling.SamplingParams;

import java.util.List;

/// A text that a model continues as it is, without a conversation around it.
///
/// @param prompt token ids, at least one; shared, not to be changed
/// @param stop texts that end what follows; none of them appears in it
/// @param client on whose behalf it is asked
public record TextRequest(int[] prompt, SamplingParams sampling, List<String> stop, Client client) {
    public TextRequest {
        stop = List.copyOf(stop);
    }
}
