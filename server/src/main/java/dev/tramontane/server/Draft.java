package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.server.conversation.AnswerState;
import dev.tramontane.server.conversation.Conversations;
import dev.tramontane.server.conversation.EventLog;
import dev.tramontane.server.conversation.EventLog.Entry;
import dev.tramontane.server.telemetry.Meters;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.ApiError;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What there is of an answer while it grows: told to pages as it comes, and gathered for the
/// store. One thread writes, others may read.
final class Draft {
    private static final double NANOS = 1e9;

    private final EventLog log;
    private final Stopwatch watch = new Stopwatch(System.nanoTime());
    private final VoteTally votes = new VoteTally();
    private final ArrayNode interventions = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode tools = JsonNodeFactory.instance.arrayNode();
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final CountDownLatch over = new CountDownLatch(1);
    private Drafts drafts = Drafts.NONE;
    private int pieces;
    private long thinkingBegan;
    private long thinkingEnded;
    private ChatEvent.@Nullable Finished finished;
    private @Nullable ApiError error;

    Draft(EventLog log) {
        this.log = log;
    }

    /// How far a reader has come.
    ///
    /// @param events beside the text
    record Place(int thinkingChars, int textChars, int events) {
        static final Place BEGIN = new Place(0, 0, 0);
    }

    /// What is new since a reader looked last.
    record Part(Conversations.Growth growth, Place end) {}

    synchronized Part since(Place place) {
        int events =
                interventions.size() + tools.size() + votes.events() + (thinkingEnded == 0 ? 0 : 1);
        Optional<ObjectNode> beside =
                events == place.events() ? Optional.empty() : Optional.of(beside().deepCopy());
        var growth =
                new Conversations.Growth(
                        thinking.substring(place.thinkingChars()),
                        text.substring(place.textChars()),
                        beside);
        return new Part(growth, new Place(thinking.length(), text.length(), events));
    }

    /// What there is of an outcome before the end.
    private ObjectNode beside() {
        ObjectNode outcome = Json.object();
        if (thinkingEnded != 0) {
            outcome.put("thinking_seconds", (thinkingEnded - thinkingBegan) / NANOS);
        }
        if (!interventions.isEmpty()) {
            outcome.set("interventions", interventions);
        }
        if (!tools.isEmpty()) {
            outcome.set("tools", tools);
        }
        votes.tell(outcome);
        votes.tellSamples(outcome);
        return outcome;
    }

    /// Waits for the end.
    ///
    /// @return whether it came in time; an interrupt counts as the end, and is kept
    boolean awaitEnd(Duration longest) {
        try {
            return over.await(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    void over() {
        over.countDown();
    }

    boolean isFinished() {
        return finished != null;
    }

    /// What guessing ahead came to.
    void drafted(Drafts what) {
        drafts = what;
    }

    void fails(ApiError what) {
        error = what;
    }

    synchronized void take(ChatEvent event) {
        watch.take(event);
        votes.take(event);
        switch (event) {
            case ChatEvent.Progress(int queue, int computed, int prompt, int _) ->
                    tell(
                            "progress",
                            Json.object()
                                    .put("queue", queue)
                                    .put("computed", computed)
                                    .put("total", prompt));
            case ChatEvent.Thinking(String part) -> {
                pieces++;
                thinkingBegan = thinkingBegan == 0 ? System.nanoTime() : thinkingBegan;
                thinking.append(part);
                log.add(new Entry.Thinking(part));
            }
            case ChatEvent.Text(String part) -> {
                pieces++;
                thinkingEnds();
                text.append(part);
                log.add(new Entry.Text(part));
            }
            case ChatEvent.ToolCalled(var call) -> {
                ObjectNode told =
                        Json.object()
                                .put("name", call.name())
                                .put("arguments", call.arguments())
                                .put("thinking_chars", thinking.length())
                                .put("text_chars", text.length());
                tools.add(told);
                tell("tool", told);
            }
            case ChatEvent.Scored _ -> {}
            case ChatEvent.Intervened(var what) -> {
                String kind = Meters.word(what);
                interventions
                        .addObject()
                        .put("kind", kind)
                        .put("at", pieces)
                        .put("thinking_chars", thinking.length());
                tell(
                        "intervened",
                        Json.object()
                                .put("kind", kind)
                                .put("at_tokens", pieces)
                                .put("thinking_chars", thinking.length()));
            }
            case ChatEvent.Voted(var now) -> {
                ObjectNode told =
                        Json.object().put("samples", now.samples()).put("finished", now.finished());
                votes.tell(told);
                tell("voted", told);
            }
            case ChatEvent.Finished end -> {
                thinkingEnds();
                finished = end;
            }
        }
    }

    private void tell(String name, ObjectNode data) {
        log.add(new Entry.Other(name, data));
    }

    private void thinkingEnds() {
        if (thinkingBegan != 0 && thinkingEnded == 0) {
            thinkingEnded = System.nanoTime();
        }
    }

    /// How it ended.
    ///
    /// @param stopped whether somebody stopped it
    Conversations.End end(boolean stopped) {
        ObjectNode outcome = Json.object();
        String answer = text.toString();
        AnswerState state;
        if (finished == null) {
            if (error != null && !stopped) {
                state = AnswerState.FAILED;
                outcome.set("error", error.toJson().path("error"));
            } else { // nothing is wrong: its model was not waited for
                state = stopped ? AnswerState.STOPPED : AnswerState.INTERRUPTED;
                outcome.put("finish_reason", "cancelled");
            }
        } else {
            Usage usage = finished.usage();
            answer = usage.repetition().trim(answer);
            outcome.put("finish_reason", Meters.word(finished.why()));
            outcome.set("usage", AnswerWriter.usage(usage));
            outcome.set("timings", watch.timings(drafts).toJson());
            state =
                    switch (finished.why()) {
                        case STOP, LENGTH, CONTEXT_FULL, REPETITION, TOOL_CALLS -> AnswerState.DONE;
                        case CANCELLED -> stopped ? AnswerState.STOPPED : AnswerState.INTERRUPTED;
                    };
        }
        thinkingEnds();
        outcome.setAll(beside());
        return new Conversations.End(thinking.toString(), answer, state, outcome);
    }

    /// The characters at the end of the answer that only repeat what stands before them.
    int repeatedChars() {
        return finished == null ? 0 : finished.usage().repetition().chars();
    }
}
