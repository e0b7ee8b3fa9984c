package dev.tramontane.server.telemetry;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What is noted of one request while it is answered. Any thread may call.
///
/// It is over when its answer is, and when everybody who reads tokens for it has come to their end:
/// a client that goes leaves an answer that ends a step later, with tokens that count.
public final class Observation {
    /// The status of a request whose client went before it had one, as nginx has it.
    public static final int GONE = 499;

    private final Observed.Request request;
    private final Map<String, String> carried;
    private final Consumer<Observed> reader;
    private final long start = System.nanoTime();
    private int open = 1; // whoever answers, and whoever reads a model's answer for it
    private String owner = "";
    private int status;
    private @Nullable String error;
    private boolean cancelled;
    private long bytes;
    private Duration took = Duration.ZERO;
    private @Nullable String model;
    private boolean isHere;
    private boolean stream;
    private boolean outlives;
    private @Nullable SamplingParams sampling;
    private int perPrompt;
    private String answerId = "";
    private Duration began = Duration.ZERO;
    private Observed.Tokens otherTokens = Observed.Tokens.NONE;
    private final List<ChoiceNotes> choices = new ArrayList<>();

    private static final class ChoiceNotes {
        @Nullable Duration firstToken;
        @Nullable Duration end;
        ChatEvent.@Nullable Finished last;
    }

    /// @param reader gets what was seen when it is over, from whichever thread ends it
    /// @param carried headers that take the request's trace to other servers
    Observation(Observed.Request request, Consumer<Observed> reader, Map<String, String> carried) {
        this.carried = Map.copyOf(carried);
        this.request = request;
        this.reader = reader;
    }

    /// Headers that take the request's trace to other servers.
    public Map<String, String> carried() {
        return carried;
    }

    /// An observation that nobody reads.
    public static Observation unread() {
        return new Observation(Observer.NOTHING, _ -> {}, Map.of());
    }

    /// What the answer bears as `x-request-id`.
    public String id() {
        return request.id();
    }

    private Duration now() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Whose key it was.
    public synchronized void asksFor(String keyOwner) {
        owner = keyOwner;
    }

    /// Which model is asked.
    ///
    /// @param here whether it runs in this process
    public synchronized void serves(String publicName, boolean here) {
        model = publicName;
        isHere = here;
    }

    /// How tokens are chosen.
    public synchronized void samples(SamplingParams params) {
        sampling = params;
    }

    /// Several prompts are answered, each so often; without this there is one.
    public synchronized void answersEach(int times) {
        perPrompt = times;
    }

    /// Tokens that were read and belong to no answer, such as texts that are embedded.
    public synchronized void reads(int tokens) {
        otherTokens = otherTokens.plus(new Observed.Tokens(tokens, 0, 0, 0));
    }

    /// The model is about to be asked.
    ///
    /// @param id that the client knows the answer by
    public synchronized void begins(String id, boolean streams) {
        answerId = id;
        stream = streams;
    }

    /// From here on so many answers are read; {@link #isRead} ends each.
    public synchronized void awaits(int answers) {
        began = now();
        open += answers;
        for (int i = 0; i < answers; i++) {
            choices.add(new ChoiceNotes());
        }
    }

    /// An event of an answer, as soon as it is there.
    public synchronized void take(int choice, ChatEvent event) {
        ChoiceNotes notes = choices.get(choice);
        switch (event) {
            case ChatEvent.Progress _ -> {}
            case ChatEvent.Thinking _,
                    ChatEvent.Text _,
                    ChatEvent.ToolCalled _,
                    ChatEvent.Scored _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _ -> {
                if (notes.firstToken == null) {
                    notes.firstToken = now();
                }
            }
            case ChatEvent.Finished finished -> {
                notes.last = finished;
                notes.end = now();
                cancelled |= finished.why() == FinishReason.CANCELLED;
            }
        }
    }

    /// An answer has been read to its end, whatever that was.
    public void isRead() {
        leave();
    }

    /// The status that is sent.
    public synchronized void answers(int code) {
        status = code;
    }

    /// Bytes of the body that were sent.
    public synchronized void sends(long count) {
        bytes += count;
    }

    /// @param kind a word, one of few
    public synchronized void fails(String kind) {
        error = kind;
    }

    /// The client has gone.
    public synchronized void loses() {
        cancelled = true;
        if (status == 0) {
            status = GONE;
        }
    }

    /// What the request began goes on behind its answer, until {@link #isRead} is called for it; it
    /// took as long as that.
    public synchronized void goesOn() {
        open++;
        outlives = true;
    }

    /// The answer is over. To be called once.
    public void ends() {
        synchronized (this) {
            took = now();
        }
        leave();
    }

    private void leave() {
        Observed observed;
        synchronized (this) {
            if (--open > 0) {
                return;
            }
            took = outlives ? now() : took;
            observed = observed();
        }
        reader.accept(observed);
    }

    private Observed observed() {
        var outcome =
                new Observed.Outcome(
                        owner, status, Optional.ofNullable(error), cancelled, bytes, took);
        return new Observed(request, outcome, generated());
    }

    private Optional<Observed.Generated> generated() {
        if (model == null || !request.costs()) {
            return Optional.empty();
        }
        var asked =
                new Observed.Asked(
                        operation(), model, isHere, stream, Optional.ofNullable(sampling));
        List<Observed.Choice> ended = new ArrayList<>();
        for (ChoiceNotes notes : choices) {
            if (notes.last != null && notes.end != null) {
                ended.add(
                        new Observed.Choice(
                                Optional.ofNullable(notes.firstToken),
                                notes.end,
                                notes.last.why(),
                                notes.last.usage()));
            }
        }
        return Optional.of(new Observed.Generated(asked, answerId, began, ended, tokens()));
    }

    private String operation() {
        return switch (request.route().orElse("")) {
            case "/v1/completions",
                    "/v1/fim/completions",
                    "/api/generate",
                    "/completion",
                    "/completions",
                    "/infill" ->
                    "text_completion";
            case "/v1/embeddings", "/embeddings", "/embedding", "/api/embed" -> "embeddings";
            case String _ -> "chat";
        };
    }

    /// A prompt counts once, as computed as it was for the answer that found the least of it, which
    /// is how clients are told.
    private Observed.Tokens tokens() {
        Observed.Tokens sum = otherTokens;
        int each = perPrompt > 0 ? perPrompt : Math.max(1, choices.size());
        for (int first = 0; first < choices.size(); first += each) {
            sum = sum.plus(ofPrompt(choices.subList(first, first + each)));
        }
        return sum;
    }

    private static Observed.Tokens ofPrompt(List<ChoiceNotes> answers) {
        Observed.Tokens sum = Observed.Tokens.NONE;
        boolean isFirst = true;
        for (ChoiceNotes notes : answers) {
            if (notes.last == null) {
                continue;
            }
            Usage usage = notes.last.usage();
            sum =
                    new Observed.Tokens(
                            isFirst ? usage.promptTokens() : sum.input(),
                            isFirst
                                    ? usage.cachedTokens()
                                    : Math.min(sum.cached(), usage.cachedTokens()),
                            sum.output() + usage.completionTokens(),
                            sum.reasoning() + usage.reasoningTokens());
            isFirst = false;
        }
        return sum;
    }
}
