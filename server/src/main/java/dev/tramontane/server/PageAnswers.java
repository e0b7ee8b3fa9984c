package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Message;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.conversation.AnswerPlan;
import dev.tramontane.server.conversation.AnswerState;
import dev.tramontane.server.conversation.Conversations;
import dev.tramontane.server.conversation.EventLog.Entry;
import dev.tramontane.server.store.StoreException;
import dev.tramontane.server.telemetry.Observation;

import tools.jackson.databind.node.ObjectNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Writes the page's answers, each on a virtual thread of its own that no connection ends. While
/// one is written, and for a while after, pages may read along from any of its events.
final class PageAnswers implements AutoCloseable {
    /// Twice as often as what may be lost.
    private static final Duration BETWEEN_STORES = Duration.ofMillis(500);

    private static final Duration LONGEST_REST = Duration.ofHours(1);
    private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Optional<Conversations> conversations;
    private final RunningAnswers running;
    private final Admission admission;
    private final Remembered remembered = new Remembered();
    private final Set<Thread> writers = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    PageAnswers(
            Optional<Conversations> conversations, RunningAnswers running, Admission admission) {
        this.conversations = conversations;
        this.running = running;
        this.admission = admission;
    }

    /// What is to be answered.
    ///
    /// @param conversation that the answer belongs to; empty for one that is never stored
    /// @param isFirst whether the conversation wants a title
    record Wanted(
            String id,
            Optional<String> conversation,
            boolean isFirst,
            AnswerPlan plan,
            List<Message> messages) {}

    /// Begins an answer, which takes the place of the exchange over.
    PageAnswer start(Exchange exchange, Offer offer, Wanted wanted) {
        String owner = exchange.caller().owner();
        var answer = new PageAnswer(wanted.id(), owner);
        remembered.put(answer);
        Observation observation = exchange.observation();
        observation.begins(wanted.id(), true);
        observation.goesOn();
        exchange.handPlaceOver();
        var writing =
                new Writing(answer, offer, wanted, request(exchange, offer, wanted), exchange);
        Thread thread = Thread.ofVirtual().name("tramontane-page-answer").unstarted(writing);
        writers.add(thread);
        thread.start();
        return answer;
    }

    private static ChatRequest request(Exchange exchange, Offer offer, Wanted wanted) {
        AnswerPlan plan = wanted.plan();
        SamplingParams sampling =
                offer.nature()
                        .sampling()
                        .withSeed(
                                plan.seed().orElseGet(() -> ThreadLocalRandom.current().nextInt()));
        exchange.observation().samples(sampling);
        List<Message> messages = new ArrayList<>(wanted.messages());
        if (!plan.system().isEmpty()) {
            messages.addFirst(new Message.SystemMessage(plan.system()));
        }
        return ChatRequest.of(messages)
                .withSampling(sampling)
                .withThinking(plan.thinking(offer.nature().thinks()))
                .withClient(exchange.caller().client());
    }

    /// One of the caller's own that is being written, or was a short while ago.
    Optional<PageAnswer> find(String id, Caller caller) {
        return remembered.find(id).filter(answer -> answer.owner().equals(caller.owner()));
    }

    /// One answer from its beginning to its end: the outermost frame of its thread.
    private final class Writing implements Runnable {
        private final PageAnswer answer;
        private final Offer offer;
        private final Wanted wanted;
        private final ChatRequest request;
        private final ImageRoom images;
        private final Observation observation;
        private final Draft draft;
        private final Thread saver =
                Thread.ofVirtual().name("tramontane-saver").unstarted(this::save);

        /// @param exchange that asks for it, and does not outlive this
        Writing(
                PageAnswer answer,
                Offer offer,
                Wanted wanted,
                ChatRequest request,
                Exchange exchange) {
            this.answer = answer;
            this.offer = offer;
            this.wanted = wanted;
            this.request = request;
            this.images = exchange.images();
            this.observation = exchange.observation();
            this.draft = new Draft(answer.log());
        }

        @Override
        public void run() {
            try {
                Optional<ServedModel> served = answered();
                if (wanted.isFirst() && served.isPresent() && !admission.isDraining()) {
                    entitle(served.get());
                }
            } finally {
                answer.ends();
                answer.log().end();
                remembered.ended(answer);
                writers.remove(Thread.currentThread());
            }
        }

        /// @return the model where the answer came to a good end
        private Optional<ServedModel> answered() {
            Optional<ServedModel> served = Optional.empty();
            try (Running.Entry _ = running.enter(answer::cancel)) {
                wanted.conversation().ifPresent(_ -> saver.start());
                try {
                    served = Optional.of(Models.open(offer, answer));
                    write(served.get());
                } catch (Exchange.GoneException _) { // stopped before the model was there
                } catch (Throwable failure) { // the outermost frame: pages must learn of it
                    Failures told = Failures.of(failure);
                    observation.fails(told.kind());
                    draft.fails(told.error());
                }
                return finish() == AnswerState.DONE ? served : Optional.empty();
            } finally {
                admission.leave();
                observation.isRead();
            }
        }

        private void write(ServedModel served) {
            int samples = wanted.plan().votes();
            ChatModel model =
                    samples > 1 ? new MajorityVote(served.model(), samples) : served.model();
            ChatRequest seen =
                    offer.runsHere()
                            ? images.decodedLatest(request, offer.nature(), answer)
                            : request;
            try (Answers answers = Answers.start(List.of(() -> model.chat(seen)), observation)) {
                answer.begins(answers);
                while (!draft.isFinished()) {
                    answers.next(LONGEST_REST).ifPresent(told -> draft.take(told.event()));
                }
                draft.drafted(answers.drafts());
            }
        }

        /// Until the end, stores what has come. What fails is tried again with the next.
        private void save() {
            Draft.Place place = Draft.Place.BEGIN;
            long number = 0;
            while (!draft.awaitEnd(BETWEEN_STORES)) {
                Draft.Part part = draft.since(place);
                try {
                    if (!store().append(wanted.id(), number, part.growth())) {
                        answer.stop(); // deleted meanwhile, wherever that was
                        return;
                    }
                    number++;
                    place = part.end();
                } catch (StoreException _) { // the store has noted it
                }
            }
        }

        private Conversations store() {
            return conversations.orElseThrow();
        }

        private AnswerState finish() {
            draft.over();
            awaitSaver();
            Conversations.End end = draft.end(answer.isStopped());
            boolean isKept = wanted.conversation().isEmpty() || isStored(end);
            ObjectNode told = end.outcome().deepCopy().put("state", end.state().word());
            if (draft.repeatedChars() > 0) {
                told.put("repeated_chars", draft.repeatedChars());
            }
            if (!isKept) {
                told.put("unsaved", true);
                Thread.ofVirtual().name("tramontane-saver").start(() -> keepTrying(end));
            }
            boolean isFailure = end.outcome().has("error");
            answer.log().add(new Entry.Other(isFailure ? "error" : "finished", told));
            return end.state();
        }

        /// A piece that is stored behind the end would have the answer run again.
        private void awaitSaver() {
            try {
                saver.join(); // at once where it never began
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private boolean isStored(Conversations.End end) {
            try {
                store().finish(wanted.id(), end);
                return true;
            } catch (StoreException _) { // noted, and tried again
                return false;
            }
        }

        /// A store that fails may come back: what was written waits for it.
        private void keepTrying(Conversations.End end) {
            try {
                while (!isClosed && !isStored(end)) {
                    Thread.sleep(BEFORE_NEXT_TRY);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void entitle(ServedModel served) {
            Titles titles = new Titles(served, running, request);
            titles.find(wanted.messages())
                    .filter(title -> isEntitled(title))
                    .ifPresent(
                            title ->
                                    answer.log()
                                            .add(
                                                    new Entry.Other(
                                                            "title",
                                                            Json.object().put("title", title))));
        }

        private boolean isEntitled(String title) {
            try {
                return store().entitle(wanted.conversation().orElseThrow(), title);
            } catch (StoreException _) { // its first words stay its title
                return false;
            }
        }
    }

    /// Ends what runs, and waits a moment for what of it is to be stored.
    @Override
    public void close() {
        isClosed = true;
        remembered.all().forEach(PageAnswer::cancel);
        long end = System.nanoTime() + LAST_WORDS.toNanos();
        try {
            for (Thread writer : writers) {
                writer.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
