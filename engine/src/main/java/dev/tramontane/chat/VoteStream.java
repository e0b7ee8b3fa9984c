package dev.tramontane.chat;

import dev.tramontane.chat.ChatEvent.Finished;
import dev.tramontane.engine.Drafts;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// A running vote. It reads its samples on the reader's thread, an event of each by turns: samples
/// that run together get their tokens in the same steps, so none waits long for another. A sample
/// that itself waits to run is left aside until another is done, and one that the model does not
/// take yet is begun then.
public final class VoteStream implements ChatStream {
    /// One sample, as far as it is read.
    private static final class Sample {
        final int number;
        final ChatStream stream;
        final Iterator<ChatEvent> events;
        final StringBuilder thinking = new StringBuilder();
        final StringBuilder text = new StringBuilder();
        final List<ToolCall> calls = new ArrayList<>();
        Finished end = new Finished(FinishReason.CANCELLED, new Usage(0, 0, 0));
        boolean waits;
        boolean done;

        Sample(int number, ChatStream stream) {
            this.number = number;
            this.stream = stream;
            this.events = stream.iterator();
        }

        void take(ChatEvent event) {
            switch (event) {
                // One that has begun is read on though it waits: it may end while others think.
                case ChatEvent.Progress(int place, int _, int _, int _) ->
                        waits = place > 0 && !hasBegun();
                case ChatEvent.Thinking(String part) -> thinking.append(part);
                case ChatEvent.Text(String part) -> text.append(part);
                case ChatEvent.ToolCalled(ToolCall call) -> calls.add(call);
                case ChatEvent.Scored _, ChatEvent.Intervened _, ChatEvent.Voted _ -> {}
                case Finished finished -> {
                    end = finished;
                    done = true;
                }
            }
        }

        private boolean hasBegun() {
            return !thinking.isEmpty() || !text.isEmpty() || !calls.isEmpty();
        }

        Answer answer() {
            String whole = end.usage().repetition().trim(text.toString());
            return new Answer(thinking.toString(), whole, calls, end.why(), end.usage());
        }

        Optional<AnswerKey> key() {
            return switch (end.why()) {
                case STOP -> AnswerKey.of(text.toString());
                case TOOL_CALLS -> Optional.of(AnswerKey.ofCalls(calls));
                case LENGTH, CONTEXT_FULL, REPETITION, CANCELLED -> Optional.empty();
            };
        }
    }

    private final int count;
    private final IntFunction<ChatStream> asking;
    private final Ballot ballot;

    /// Those that have begun. The reader's thread alone adds, and it alone reads without the lock.
    private final List<Sample> samples = new ArrayList<>();

    /// What was asked of all samples.
    private final List<Consumer<ChatStream>> wishes = new ArrayList<>(); // guarded by samples

    private boolean closed; // guarded by samples
    private final EventQueue waiting = new EventQueue();
    private int turn;

    private VoteStream(int count, IntFunction<ChatStream> asking) {
        this.count = count;
        this.asking = asking;
        this.ballot = new Ballot(count);
    }

    /// Begins as many samples as the model takes.
    ///
    /// @param count of samples in all
    /// @param asking begins one, by its number
    static VoteStream begin(int count, IntFunction<ChatStream> asking) {
        var vote = new VoteStream(count, asking);
        try {
            vote.beginMore();
            return vote;
        } catch (RuntimeException | Error failure) {
            vote.close();
            throw failure;
        }
    }

    /// Begins the samples that have not begun, as far as the model takes them.
    private void beginMore() {
        synchronized (samples) {
            try {
                while (!closed && samples.size() < count) {
                    ChatStream stream = asking.apply(samples.size());
                    samples.add(new Sample(samples.size(), stream));
                    wishes.forEach(wish -> wish.accept(stream));
                }
            } catch (EngineOverloadedException full) {
                if (samples.stream().allMatch(sample -> sample.done)) {
                    throw full;
                }
            }
        }
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        return waiting.read(this::advance);
    }

    /// How the votes stand.
    public Votes votes() {
        return ballot.votes();
    }

    /// What the samples answered, by their number, as far as the stream is read. Those that were
    /// cancelled have what they had come to; those that never began are left out.
    public List<Answer> answers() {
        return samples.stream().map(Sample::answer).toList();
    }

    private void advance() {
        Sample sample = nextSample();
        if (sample == null) { // closed before the others began
            conclude();
            return;
        }
        ChatEvent event = sample.events.next();
        sample.take(event);
        if (event instanceof ChatEvent.Progress && sample.number == 0) {
            waiting.add(event);
        }
        if (sample.done) {
            ballot.cast(sample.number, sample.key());
            waiting.add(new ChatEvent.Voted(ballot.votes()));
            samples.stream().filter(other -> other.waits).findFirst().ifPresent(VoteStream::wake);
            if (ballot.isDecided()) {
                conclude();
            } else {
                beginMore();
            }
        }
    }

    /// By turns, one that runs; else one that waits to; null when all that have begun are done.
    private @Nullable Sample nextSample() {
        Sample waits = null;
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get((turn + i) % samples.size());
            if (!sample.done && !sample.waits) {
                turn = sample.number + 1;
                return sample;
            }
            waits = waits == null && !sample.done ? sample : waits;
        }
        return waits;
    }

    private static void wake(Sample sample) {
        sample.waits = false;
    }

    /// Cancels what still runs, reads what it had come to, and tells the winner.
    private void conclude() {
        close();
        for (Sample sample : samples) {
            while (!sample.done) {
                sample.take(sample.events.next());
            }
        }
        Sample winner = winner();
        if (!winner.thinking.isEmpty()) {
            waiting.add(new ChatEvent.Thinking(winner.thinking.toString()));
        }
        if (!winner.text.isEmpty()) {
            waiting.add(new ChatEvent.Text(winner.text.toString()));
        }
        winner.calls.forEach(call -> waiting.add(new ChatEvent.ToolCalled(call)));
        waiting.add(new Finished(winner.end.why(), usage(winner)));
        waiting.end();
    }

    /// The first sample that said what most said; the first of all where nobody has a vote.
    private Sample winner() {
        return samples.get(ballot.leadingSample().orElse(0));
    }

    private Usage usage(Sample winner) {
        int completion = 0;
        int reasoning = 0;
        List<Intervention> interventions = new ArrayList<>();
        Set<Usage.Count> untold = EnumSet.noneOf(Usage.Count.class);
        for (Sample sample : samples) {
            Usage usage = sample.end.usage();
            untold.addAll(usage.untold());
            completion += usage.completionTokens();
            reasoning += usage.reasoningTokens();
            interventions.addAll(usage.interventions());
        }
        Usage own = winner.end.usage();
        return new Usage(
                own.promptTokens(),
                samples.getFirst().end.usage().cachedTokens(),
                completion,
                reasoning,
                interventions,
                own.unfinishedThinking(),
                own.repetition(),
                untold,
                own.stopText());
    }

    @Override
    public void answerNow() {
        ask(ChatStream::answerNow);
    }

    @Override
    public void thinkLonger(int tokens) {
        ask(stream -> stream.thinkLonger(tokens));
    }

    private void ask(Consumer<ChatStream> wish) {
        synchronized (samples) {
            wishes.add(wish);
            samples.forEach(sample -> wish.accept(sample.stream));
        }
    }

    @Override
    public Drafts drafts() {
        synchronized (samples) {
            return samples.stream()
                    .map(sample -> sample.stream.drafts())
                    .reduce(Drafts.NONE, Drafts::plus);
        }
    }

    @Override
    public void close() {
        synchronized (samples) {
            closed = true;
            samples.forEach(sample -> sample.stream.close());
        }
    }
}
