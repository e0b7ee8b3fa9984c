package dev.tramontane.server.conversation;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// What happened to an answer, in order, for as many pages as read along, each from where it is.
/// Any thread may call.
///
/// Pieces of text that follow each other are told as one to whoever has not seen the first of them:
/// a page that comes late gets a long trace in a few events.
public final class EventLog {
    private static final int MOST_AT_ONCE_CHARS = 256 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Entry> entries = new ArrayList<>();
    private long chars;
    private boolean isOver;

    /// Something that happened.
    public sealed interface Entry {
        /// A piece of the thinking.
        record Thinking(String text) implements Entry {}

        /// A piece of the answer.
        record Text(String text) implements Entry {}

        /// Anything else.
        ///
        /// @param name as the page knows it
        record Other(String name, ObjectNode data) implements Entry {}
    }

    /// An event as it is told.
    ///
    /// @param id of the last entry in it, from 1
    public record Told(long id, String name, ObjectNode data) {}

    public void add(Entry entry) {
        lock.lock();
        try {
            if (!isOver) {
                entries.add(entry);
                chars +=
                        switch (entry) {
                            case Entry.Thinking(String text) -> text.length();
                            case Entry.Text(String text) -> text.length();
                            case Entry.Other _ -> 0;
                        };
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nothing follows.
    public void end() {
        lock.lock();
        try {
            isOver = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Has all who wait look again.
    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Characters of its texts.
    public long chars() {
        lock.lock();
        try {
            return chars;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nothing is to come behind an entry.
    public boolean isOver(long after) {
        lock.lock();
        try {
            return isOver && after >= entries.size();
        } finally {
            lock.unlock();
        }
    }

    /// What happened behind an entry; nothing where nothing did for so long, or the reader left.
    ///
    /// @param after the id of the last entry that the reader knows, 0 for none
    public List<Told> after(long after, Duration longest, BooleanSupplier hasLeft) {
        lock.lock();
        try {
            long nanos = longest.toNanos();
            while (after >= entries.size() && !isOver && nanos > 0 && !hasLeft.getAsBoolean()) {
                nanos = changed.awaitNanos(nanos);
            }
            return after >= entries.size() ? List.of() : told(Math.toIntExact(after));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            lock.unlock();
        }
    }

    private List<Told> told(int from) {
        List<Told> told = new ArrayList<>();
        int next = from;
        while (next < entries.size()) {
            Entry first = entries.get(next);
            var text = new StringBuilder();
            switch (first) {
                case Entry.Other(String name, ObjectNode data) ->
                        told.add(new Told(++next, name, data));
                case Entry.Thinking _, Entry.Text _ -> {
                    while (next < entries.size()
                            && entries.get(next).getClass() == first.getClass()
                            && text.length() < MOST_AT_ONCE_CHARS) {
                        text.append(textOf(entries.get(next++)));
                    }
                    String name = first instanceof Entry.Thinking ? "thinking" : "text";
                    told.add(new Told(next, name, textJson(text.toString())));
                }
            }
        }
        return told;
    }

    private static String textOf(Entry entry) {
        return switch (entry) {
            case Entry.Thinking(String text) -> text;
            case Entry.Text(String text) -> text;
            case Entry.Other _ -> "";
        };
    }

    private static ObjectNode textJson(String text) {
        return JsonNodeFactory.instance.objectNode().put("text", text);
    }
}
