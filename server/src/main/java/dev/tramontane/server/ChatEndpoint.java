package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Message;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.ChatCompletions;
import dev.tramontane.wire.Fields;
import dev.tramontane.wire.ReasoningFormat;
import dev.tramontane.wire.SseWriter;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// `POST /v1/chat/completions`.
record ChatEndpoint(ServerConfig config, Models models, RunningAnswers running)
        implements Endpoint {
    @Override
    public void answer(Exchange exchange) throws IOException {
        JsonNode body = exchange.json();
        ServedModel served = models.get(new Fields(body, "").text("model").orElse(""));
        var defaults = served.nature().sampling().withSeed(ThreadLocalRandom.current().nextInt());
        ChatCompletions.Request request = ChatCompletions.readRequest(body, defaults);
        if (!served.nature().sees()) {
            checkText(request.chat().messages(), served.id());
        }
        ChatRequest chat = request.chat().withClient(exchange.caller().client());
        ChatModel model =
                request.votes() > 1
                        ? new MajorityVote(served.model(), request.votes())
                        : served.model();
        var head =
                new AnswerWriter.Head(
                        Ids.next("chatcmpl"), System.currentTimeMillis() / 1000, served.id());
        ReasoningFormat format =
                request.format().or(exchange.caller()::format).orElse(config.format());
        var writer = new AnswerWriter(head, format, request.usageApart(), request.choices());
        try (Answers answers = Answers.start(model, chat, request.choices());
                RunningAnswers.Entry _ = running.enter(head.id(), exchange.caller(), answers)) {
            exchange.whenGone(answers::giveUp);
            if (request.stream()) {
                stream(exchange, new Telling(request, writer, answers));
            } else {
                tellWhole(exchange, new Telling(request, writer, answers));
            }
        }
    }

    /// Images come in every shape that clients send, and are refused where nobody sees them.
    private static void checkText(List<Message> messages, String model) {
        for (int i = 0; i < messages.size(); i++) {
            List<Chunk> content = messages.get(i).content();
            for (int j = 0; j < content.size(); j++) {
                if (content.get(j) instanceof Chunk.ImageChunk) {
                    throw new InvalidRequestException(
                            "messages[%d].content[%d]".formatted(i, j),
                            "found an image, which %s does not see, expected text; leave it out, or ask a model that sees"
                                    .formatted(model));
                }
            }
        }
    }

    /// An answer on its way to its client.
    private record Telling(ChatCompletions.Request request, AnswerWriter writer, Answers answers) {}

    /// The first event is waited for: until it has come, what goes wrong has a status. Where it
    /// does not come soon, the client is to see that it is waited for.
    private void stream(Exchange exchange, Telling telling) throws IOException {
        Optional<Answers.Event> first = telling.answers().next(config.limits().keepAlive());
        exchange.stream(events -> tell(telling, first, events));
    }

    private void tell(Telling telling, Optional<Answers.Event> first, SseWriter events)
            throws IOException {
        var watch = new Stopwatch(telling.answers().start());
        var votes = new VoteTally();
        try {
            Optional<Answers.Event> next = first;
            while (true) {
                if (next.isEmpty()) {
                    events.comment("still at it");
                }
                while (next.isPresent()) {
                    tell(telling, next.get(), watch, votes, events);
                    next = telling.answers().nextNow();
                }
                events.flush();
                if (telling.writer().isFinished()) {
                    break;
                }
                next = telling.answers().next(config.limits().keepAlive());
            }
            events.add("[DONE]");
            events.flush();
        } catch (RuntimeException failure) {
            events.add(Failures.of(failure).error().toJson());
            events.flush();
        }
    }

    private static void tell(
            Telling telling,
            Answers.Event told,
            Stopwatch watch,
            VoteTally votes,
            SseWriter events) {
        watch.take(told.event());
        votes.take(told.event());
        if (told.event() instanceof ChatEvent.Progress && !telling.request().progress()) {
            return;
        }
        List<ObjectNode> chunks = telling.writer().chunks(told.choice(), told.event());
        if (telling.writer().isFinished()) {
            chunks.getLast().set("timings", watch.timings());
            votes.tell(chunks.getLast());
        }
        chunks.forEach(events::add);
    }

    private void tellWhole(Exchange exchange, Telling telling) throws IOException {
        var watch = new Stopwatch(telling.answers().start());
        var votes = new VoteTally();
        List<WholeAnswer> wholes =
                IntStream.range(0, telling.request().choices())
                        .mapToObj(_ -> new WholeAnswer())
                        .toList();
        while (!wholes.stream().allMatch(WholeAnswer::isComplete)) {
            Optional<Answers.Event> next = telling.answers().next(config.limits().keepAlive());
            if (next.isPresent()) {
                watch.take(next.get().event());
                votes.take(next.get().event());
                wholes.get(next.get().choice()).take(next.get().event());
            }
        }
        if (telling.answers().isGivenUp()) {
            throw new Exchange.GoneException();
        }
        ObjectNode body = telling.writer().whole(wholes.stream().map(WholeAnswer::choice).toList());
        body.set("timings", watch.timings());
        votes.tell(body);
        exchange.send(body);
    }
}
