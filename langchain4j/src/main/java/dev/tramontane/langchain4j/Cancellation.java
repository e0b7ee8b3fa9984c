package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.tramontane.chat.ChatStream;

import org.jspecify.annotations.Nullable;

/// A reader's wish to hear no more, perhaps before the answer has begun. Any thread may call.
final class Cancellation implements StreamingHandle {
    private @Nullable ChatStream answer;
    private boolean isCancelled;

    /// The answer that it is about.
    synchronized void over(ChatStream stream) {
        answer = stream;
        if (isCancelled) {
            stream.close();
        }
    }

    @Override
    public synchronized void cancel() {
        isCancelled = true;
        if (answer != null) {
            answer.close();
        }
    }

    @Override
    public synchronized boolean isCancelled() {
        return isCancelled;
    }
}
