package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.server.telemetry.Observation;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.ChunkWriter;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Tells answers to their client, as they come or whole, in whichever API's form.
///
/// @param keepAlive without a word for so long, something shows that the stream lives
record AnswerTeller(RunningAnswers running, Duration keepAlive) {
    /// What is told.
    ///
    /// @param id that the client knows the answers by
    /// @param answering writes them
    /// @param starts each answer
    /// @param stream whether they are sent as they come
    /// @param progress whether the reading of the prompt is told
    record Telling(
            String id,
            Answering answering,
            List<Supplier<ChatStream>> starts,
            boolean stream,
            boolean progress) {}

    /// Has the client be shown that it is not forgotten while its model is being loaded, where it
    /// waits for a stream.
    void promise(Exchange exchange, boolean stream, Answering.Framing framing) {
        if (stream) {
            exchange.promiseStream(framing, keepAlive);
        }
    }

    /// Starts the answers and tells them to their end. A client that goes ends them.
    void tell(Exchange exchange, Telling telling) throws IOException {
        exchange.observation().begins(telling.id(), telling.stream());
        try (Answers answers =
                        exchange.hint()
                                .around(
                                        () ->
                                                Answers.start(
                                                        telling.starts(), exchange.observation()));
                Running.Entry _ = running.enter(telling.id(), exchange.caller(), answers)) {
            exchange.whenGone(answers::giveUp);
            if (telling.stream()) {
                // until the first event has come, what goes wrong has a status
                Optional<Answers.Event> first = answers.next(keepAlive);
                exchange.stream(
                        telling.answering().framing(),
                        chunks -> stream(telling, answers, first, exchange.observation(), chunks));
            } else {
                exchange.send(telling.answering().sent(whole(telling, answers)));
            }
        }
    }

    private void stream(
            Telling telling,
            Answers answers,
            Optional<Answers.Event> first,
            Observation observation,
            ChunkWriter chunks)
            throws IOException {
        var watch = new Stopwatch(answers.start());
        var votes = new VoteTally();
        Answering answering = telling.answering();
        try {
            answering.begin().forEach(chunks::add);
            Optional<Answers.Event> next = first;
            long spoke = answers.start();
            while (true) {
                while (next.isPresent()) {
                    add(telling, next.get(), watch, answers, votes, chunks);
                    next = answers.nextNow();
                }
                long now = System.nanoTime();
                if (chunks.isEmpty() && now - spoke >= keepAlive.toNanos()) {
                    answering
                            .sign()
                            .ifPresentOrElse(chunks::add, () -> chunks.comment("still at it"));
                }
                spoke = chunks.isEmpty() ? spoke : now; // not all that happens is told
                chunks.flush();
                if (answering.isFinished()) {
                    break;
                }
                next = answers.next(keepAlive);
            }
            chunks.end();
        } catch (RuntimeException failure) {
            Failures told = Failures.of(failure);
            observation.fails(told.kind());
            answering.failed(told.error()).forEach(chunks::add);
        }
        chunks.flush();
    }

    private static void add(
            Telling telling,
            Answers.Event told,
            Stopwatch watch,
            Answers answers,
            VoteTally votes,
            ChunkWriter chunks) {
        watch.take(told.event());
        votes.take(told.event());
        if (told.event() instanceof ChatEvent.Progress && !telling.progress()) {
            return;
        }
        List<ObjectNode> more = telling.answering().chunks(told.choice(), told.event());
        if (telling.answering().isFinished()) {
            telling.answering().tell(watch.timings(answers.drafts()), more.getLast());
            votes.tell(more.getLast());
        }
        more.forEach(chunks::add);
    }

    private ObjectNode whole(Telling telling, Answers answers) throws IOException {
        var watch = new Stopwatch(answers.start());
        var votes = new VoteTally();
        List<WholeAnswer> wholes =
                Stream.generate(WholeAnswer::new).limit(telling.starts().size()).toList();
        while (!wholes.stream().allMatch(WholeAnswer::isComplete)) {
            Optional<Answers.Event> next = answers.next(keepAlive);
            if (next.isPresent()) {
                watch.take(next.get().event());
                votes.take(next.get().event());
                wholes.get(next.get().choice()).take(next.get().event());
            }
        }
        if (answers.isGivenUp()) {
            throw new Exchange.GoneException();
        }
        ObjectNode body =
                telling.answering().whole(wholes.stream().map(WholeAnswer::choice).toList());
        telling.answering().tell(watch.timings(answers.drafts()), body);
        votes.tell(body);
        return body;
    }
}
