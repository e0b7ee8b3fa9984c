package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import java.util.Iterator;
import java.util.List;

/// An answer of no tokens: only the prompt was asked about.
record NothingMore(int promptTokens, FinishReason why) implements ChatStream {
    @Override
    public Iterator<ChatEvent> iterator() {
        ChatEvent end = new ChatEvent.Finished(why, new Usage(promptTokens, 0, 0));
        return List.of(end).iterator();
    }

    @Override
    public void answerNow() {}

    @Override
    public void thinkLonger(int tokens) {}

    @Override
    public void close() {}
}
