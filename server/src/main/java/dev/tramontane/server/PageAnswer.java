package dev.tramontane.server;

import dev.tramontane.server.conversation.EventLog;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// An answer that belongs to the page: it goes on when nobody reads along, and ends by itself or
/// when somebody stops it. Any thread may call.
final class PageAnswer implements Use {
    private final String id;
    private final String owner;
    private final EventLog log = new EventLog();

    // guarded by this
    private final List<Runnable> gone = new ArrayList<>();
    private final List<Runnable> ends = new ArrayList<>();
    private @Nullable Answers answers;
    private boolean isStopped;
    private boolean isCancelled;

    /// @param id of the message that it becomes, where it becomes one
    PageAnswer(String id, String owner) {
        this.id = id;
        this.owner = owner;
    }

    String id() {
        return id;
    }

    String owner() {
        return owner;
    }

    /// What happened so far.
    EventLog log() {
        return log;
    }

    /// It is being written from here on.
    void begins(Answers begun) {
        boolean isOver;
        synchronized (this) {
            answers = begun;
            isOver = isStopped || isCancelled;
        }
        if (isOver) {
            begun.close();
        }
    }

    /// Ends it with what there is. Stopping it again, or when it has ended, does nothing.
    void stop() {
        synchronized (this) {
            isStopped = true;
        }
        end(true);
    }

    /// Ends it as the server stops.
    void cancel() {
        synchronized (this) {
            isCancelled = true;
        }
        end(true);
    }

    /// Whether somebody stopped it, rather than the server.
    synchronized boolean isStopped() {
        return isStopped;
    }

    private void end(boolean early) {
        List<Runnable> told;
        Answers running;
        synchronized (this) {
            told = List.copyOf(early ? gone : ends);
            gone.clear();
            running = answers;
        }
        told.forEach(Runnable::run);
        if (running != null && early) {
            running.close();
        }
    }

    /// The model is not needed any more.
    void ends() {
        end(false);
    }

    void answerNow() {
        Answers running = running();
        if (running != null) {
            running.answerNow();
        }
    }

    void thinkLonger(int tokens) {
        Answers running = running();
        if (running != null) {
            running.thinkLonger(tokens);
        }
    }

    private synchronized @Nullable Answers running() {
        return answers;
    }

    @Override
    public void whenGone(Runnable what) {
        boolean isOver;
        synchronized (this) {
            isOver = isStopped || isCancelled;
            gone.add(what);
        }
        if (isOver) {
            what.run();
        }
    }

    @Override
    public synchronized void atEnd(Runnable what) {
        ends.add(what);
    }
}
