package dev.tramontane.chat;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;

/// Events on their way to a stream's reader, for whoever implements {@link ChatStream}: they are
/// made while they are read, in order, and read once.
///
/// The reader's thread alone may call.
public final class EventQueue {
    private final Queue<ChatEvent> waiting = new ArrayDeque<>();
    private boolean isRead;
    private boolean hasEnded;

    public void add(ChatEvent event) {
        waiting.add(event);
    }

    public void addAll(List<ChatEvent> events) {
        waiting.addAll(events);
    }

    /// What waits is the last.
    public void end() {
        hasEnded = true;
    }

    /// What {@link ChatStream#iterator} gives.
    ///
    /// @param advance makes some events, or none yet, or ends the queue; what it throws is thrown
    ///   to the reader
    /// @throws IllegalStateException when it was read before
    public Iterator<ChatEvent> read(Runnable advance) {
        if (isRead) {
            throw new IllegalStateException("the stream is read once, and was read before");
        }
        isRead = true;
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !hasEnded || !waiting.isEmpty();
            }

            @Override
            public ChatEvent next() {
                while (waiting.isEmpty()) {
                    if (hasEnded) {
                        throw new NoSuchElementException("the stream's last event was read before");
                    }
                    advance.run();
                }
                return waiting.remove();
            }
        };
    }
}
