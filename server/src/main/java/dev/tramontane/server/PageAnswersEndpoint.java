package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.server.conversation.Content;
import dev.tramontane.server.conversation.ConversationReader;
import dev.tramontane.server.conversation.EventLog;
import dev.tramontane.wire.Answering;
import dev.tramontane.wire.ChunkWriter;
import dev.tramontane.wire.Fields;

import io.helidon.http.Status;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// The page's answers while they are written: `/web/answers/{id}` and what is below it, and
/// `/web/temporary`.
record PageAnswersEndpoint(Models models, PageAnswers answers, Duration keepAlive) {
    private static final int MOST_MORE_TOKENS = 1_000_000;
    private static final int USUAL_MORE_TOKENS = 1024;

    private PageAnswer find(Exchange exchange) {
        String id = exchange.pathPart("id");
        return answers.find(id, exchange.caller())
                .orElseThrow(() -> RefusedException.noPageAnswer(id));
    }

    /// `GET /web/answers/{id}/events`: from the event behind the one named by `after`, to the end.
    /// A page that goes leaves the answer as it is.
    void events(Exchange exchange) throws IOException {
        PageAnswer answer = find(exchange);
        int after = Parameters.integer(exchange, "after", 0, Integer.MAX_VALUE, 0);
        var hasLeft = new AtomicBoolean();
        exchange.whenGone(
                () -> {
                    hasLeft.set(true);
                    answer.log().wake();
                });
        exchange.stream(
                Answering.Framing.NAMED_BY_TYPE,
                chunks -> tell(answer.log(), after, chunks, hasLeft));
    }

    private void tell(EventLog log, long after, ChunkWriter chunks, AtomicBoolean hasLeft)
            throws IOException {
        long told = after;
        while (!hasLeft.get() && !log.isOver(told)) {
            List<EventLog.Told> events = log.after(told, keepAlive, hasLeft::get);
            for (EventLog.Told event : events) {
                chunks.add(event.id(), event.name(), event.data());
                told = event.id();
            }
            if (events.isEmpty() && !log.isOver(told)) {
                chunks.comment("still at it");
            }
            chunks.flush();
        }
        if (hasLeft.get()) {
            throw new Exchange.GoneException();
        }
    }

    /// `POST /web/answers/{id}/stop`. What has ended stays as it is.
    void stop(Exchange exchange) {
        find(exchange).stop();
        exchange.send(Status.NO_CONTENT_204);
    }

    /// `POST /web/answers/{id}/answer-now`: ends the thinking.
    void answerNow(Exchange exchange) {
        find(exchange).answerNow();
        exchange.send(Status.NO_CONTENT_204);
    }

    /// `POST /web/answers/{id}/think-longer`: `{"tokens"}`.
    void thinkLonger(Exchange exchange) {
        PageAnswer answer = find(exchange);
        var body = new Fields(exchange.json(), "");
        answer.thinkLonger(body.integer("tokens", 1, MOST_MORE_TOKENS).orElse(USUAL_MORE_TOKENS));
        exchange.send(Status.NO_CONTENT_204);
    }

    /// `POST /web/temporary`: an answer that is stored nowhere.
    void temporary(Exchange exchange) {
        var body = new Fields(exchange.json(), "");
        Planned planned = Planned.read(exchange, body, models);
        List<Message> messages =
                ConversationReader.temporary(
                        body, (content, field) -> planned.checkSight(content, field));
        Fields last = body.objects("messages").getLast();
        planned.checkImages(exchange, Content.read(last), last.path("content"));
        if (!(messages.getLast() instanceof Message.UserMessage)) {
            throw new InvalidRequestException(
                    "messages",
                    "the last is no person's, expected one that can be answered; add it");
        }
        PageAnswer answer =
                answers.start(
                        exchange,
                        planned.offer(),
                        new PageAnswers.Wanted(
                                UUID.randomUUID().toString(),
                                Optional.empty(),
                                false,
                                planned.plan(),
                                messages));
        var told = Json.object();
        told.putObject("answer").put("id", answer.id());
        exchange.send(Status.CREATED_201, told);
    }
}
