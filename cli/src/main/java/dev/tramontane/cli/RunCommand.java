package dev.tramontane.cli;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.Usage;
import dev.tramontane.chat.Votes;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineStats;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/// `run`: one answer, or a conversation when there is no prompt and a person sits at the terminal.
@Command(
        name = "run",
        description = {
            "Answer a prompt, thinking first where the model does; without a prompt, on a terminal,"
                    + " talk.",
            "Standard input that is no terminal is appended to the prompt."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane run -m magistral-small",
            "  tramontane run -m Magistral-Small-2509-Q4_K_M.gguf --think=off \"Translate: good morning\"",
            "  tramontane run -m magistral-small --image chart.png \"What does the chart say?\"",
            "  git diff | tramontane run --think=2000 \"Review this change.\" > review.txt"
        })
final class RunCommand implements Callable<Integer> {
    private static final String NO_DRAFTS = "off";

    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private ModelFlag model = new ModelFlag();

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "Instructions above the conversation, instead of the model's own.")
    private Optional<String> system = Optional.empty();

    @Option(
            names = "--think",
            arity = "0..1",
            fallbackValue = "on",
            paramLabel = "on|off|low|medium|high|N",
            converter = ThinkConverter.class,
            description = "Whether and how much to think; N tokens at most.")
    private Thinking think = Thinking.DEFAULT;

    @Option(names = "--hide-thinking", description = "Do not show the thinking.")
    private boolean hideThinking;

    @Option(
            names = "--votes",
            paramLabel = "K",
            description = "Answer K times, and take the answer that most agree on.")
    private Optional<Integer> votes = Optional.empty();

    @Option(
            names = "--schema",
            paramLabel = "FILE",
            description = "A JSON Schema that the answer keeps to; the thinking is free.")
    private Optional<Path> schema = Optional.empty();

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "A PNG, JPEG, WebP or GIF that the prompt is about; may be given again.")
    private List<Path> images = List.of();

    @Mixin private SamplingFlags sampling = new SamplingFlags();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(
            names = "--draft",
            paramLabel = "MODEL",
            description =
                    "A small model of the same vocabulary that guesses ahead, or off; the answer is the"
                            + " same, sooner (default: guesses from the text itself where they pay).")
    private Optional<String> draft = Optional.empty();

    @Option(names = "--verbose", description = "Tell how long things took, on standard error.")
    private boolean verbose;

    @Option(names = "--json", description = "Print one JSON object instead of the answer.")
    private boolean json;

    @Parameters(paramLabel = "PROMPT", arity = "0..*", description = "What to answer.")
    private List<String> prompt = List.of();

    RunCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        boolean converses = prompt.isEmpty() && io.terminals().in();
        if (converses && json) {
            throw new ParameterException(
                    spec.commandLine(), "--json needs a prompt: give one, or pipe one in");
        }
        if (converses && schema.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--schema needs a prompt: give one, or pipe one in");
        }
        if (converses && votes.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(), "--votes needs a prompt: give one, or pipe one in");
        }
        if (converses && !images.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--image needs a prompt: give one, or talk and say /image");
        }
        Optional<Message> question =
                converses ? Optional.empty() : Optional.of(ImageFiles.seen(question(), images));
        var interrupts = new Interrupts();
        long start = System.nanoTime();
        if (model.isEmbedded()) {
            FirstRun.tell(io);
        }
        Path path = model.path(io);
        boolean drafts = !draft.equals(Optional.of(NO_DRAFTS));
        EngineOptions options = engine.options(path).withDrafts(drafts);
        Optional<Path> small = drafts ? draftModel() : Optional.empty();
        try (LocalModel opened =
                LocalModel.open(path, options, LocalModel.Format.FROM_FILES, small)) {
            Duration load = Duration.ofNanos(System.nanoTime() - start);
            ImageFiles.check(opened, images);
            opened.notice().ifPresent(this::notice);
            return question.isPresent()
                    ? answer(opened, question.get(), load)
                    : converse(opened, interrupts);
        }
    }

    private Optional<Path> draftModel() throws IOException {
        if (draft.isEmpty()) {
            return Optional.empty();
        }
        var named = new ModelFlag();
        named.set(draft.get());
        return Optional.of(named.path(io));
    }

    /// The prompt, and what is piped in behind it.
    private String question() throws IOException {
        String piped =
                io.terminals().in()
                        ? ""
                        : new String(io.in().readAllBytes(), StandardCharsets.UTF_8)
                                .stripTrailing();
        List<String> parts = new ArrayList<>();
        if (!prompt.isEmpty()) {
            parts.add(String.join(" ", prompt));
        }
        if (!piped.isEmpty()) {
            parts.add(piped);
        }
        if (parts.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "there is no prompt: give one, or pipe one in");
        }
        return String.join("\n\n", parts);
    }

    private void notice(String written) {
        String text = Screen.harmless(written); // a model's file may have brought it
        io.err().println(io.errHasColour() ? Screen.DIM + text + Screen.NORMAL : text);
    }

    private int converse(LocalModel opened, Interrupts interrupts) throws IOException {
        var settings = new Repl.Settings(system, think, hideThinking, verbose, sampling);
        // Asking the terminal how it measures characters would swallow what was typed ahead.
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).graphemeCluster(false).build()) {
            return new Repl(io, terminal, opened, settings, interrupts).talk();
        }
    }

    /// The form that the answer keeps to.
    private ResponseFormat format() throws IOException {
        if (schema.isEmpty()) {
            return ResponseFormat.TEXT;
        }
        Path file = schema.get();
        return new ResponseFormat.JsonSchema(Json.parse(file.toString(), Files.readString(file)));
    }

    private int answer(LocalModel opened, Message question, Duration load) throws IOException {
        var interrupts = new Interrupts();
        interrupts.install();
        List<Message> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(new Message.SystemMessage(text)));
        messages.add(question);
        ChatRequest request =
                ChatRequest.of(messages)
                        .withToolUse(Repl.NO_TOOLS)
                        .withThinking(think)
                        .withFormat(format())
                        .withSampling(
                                sampling.over(
                                        opened.sampling(), System.nanoTime(), opened.tokenizer()));
        var trace = hideThinking ? AnswerPrinter.Trace.HIDDEN : AnswerPrinter.Trace.SHOWN;
        var printer = new AnswerPrinter(io, trace);
        var tally = new AtomicReference<>(new Votes(0, 0, List.of()));
        Answering answering =
                Answering.ask(
                        votes.<ChatModel>map(count -> vote(opened, count)).orElse(opened),
                        request,
                        interrupts,
                        _ -> {},
                        event -> {
                            if (event instanceof ChatEvent.Voted(Votes votes)) {
                                tally.set(votes);
                            }
                            if (!json) {
                                printer.show(event);
                            }
                        });
        if (json) {
            printJson(opened, answering, load, tally.get());
        } else {
            printer.finish();
            explainEnd(io, answering);
            if (votes.isPresent()) {
                io.err().println("[" + Screen.harmless(Ballots.summary(tally.get())) + "]");
            }
        }
        if (verbose) {
            tellTimes(io, answering, opened.engine().stats(), Optional.of(load));
        }
        return answering.interrupted() ? Interrupts.EXIT_CODE : 0;
    }

    private static ChatModel vote(LocalModel opened, int count) {
        try {
            return new MajorityVote(opened, count);
        } catch (InvalidRequestException refused) {
            throw new UsageException("--" + refused.getMessage());
        }
    }

    /// Says so where the answer ended for another reason than its own end.
    static void explainEnd(Stdio io, Answering answering) {
        FinishReason why = answering.answer().why();
        String end =
                switch (why) {
                    case STOP, TOOL_CALLS -> "";
                    case LENGTH ->
                            "cut off after the most tokens allowed; --max-tokens allows more";
                    case CONTEXT_FULL -> "cut off at the end of the context; --context gives more";
                    case REPETITION -> "stopped, since it went in circles";
                    case CANCELLED -> "stopped";
                };
        boolean thinking = answering.answer().usage().unfinishedThinking();
        if (!end.isEmpty()) {
            io.err().println("[" + end + (thinking ? "; it was still thinking" : "") + "]");
        }
    }

    /// Figures of an answer, for people.
    static void tellTimes(
            Stdio io, Answering answering, EngineStats stats, Optional<Duration> load) {
        Usage usage = answering.answer().usage();
        load.ifPresent(
                time -> io.err().printf(Locale.ROOT, "loading       %6.2f s%n", seconds(time)));
        io.err()
                .printf(
                        Locale.ROOT,
                        "first token   %6.2f s, %d prompt tokens, %.1f tokens/s%n",
                        seconds(answering.timings().firstToken()),
                        usage.promptTokens(),
                        answering.timings().prefillTokensPerSecond(usage));
        io.err()
                .printf(
                        Locale.ROOT,
                        "answer        %6.2f s, %d tokens (%d of them thinking), %.1f tokens/s%n",
                        seconds(answering.timings().rest()),
                        usage.completionTokens(),
                        usage.reasoningTokens(),
                        answering.timings().decodeTokensPerSecond(usage));
        if (stats.work().draftedTokens() > 0) {
            io.err()
                    .printf(
                            Locale.ROOT,
                            "drafts        %d of %d guessed tokens were right so far%n",
                            stats.work().acceptedTokens(),
                            stats.work().draftedTokens());
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private void printJson(LocalModel opened, Answering answering, Duration load, Votes tally) {
        var answer = answering.answer();
        Usage usage = answer.usage();
        ObjectNode result =
                Json.object()
                        .put("model", opened.name())
                        .put("thinking", answer.thinking())
                        .put("answer", answer.text())
                        .put("finish_reason", answer.why().name().toLowerCase(Locale.ROOT));
        result.putObject("usage")
                .put("prompt_tokens", usage.promptTokens())
                .put("completion_tokens", usage.completionTokens())
                .put("reasoning_tokens", usage.reasoningTokens());
        result.putObject("timings")
                .put("load_ms", load.toMillis())
                .put("first_token_ms", answering.timings().firstToken().toMillis())
                .put("prefill_tokens_per_second", answering.timings().prefillTokensPerSecond(usage))
                .put("decode_tokens_per_second", answering.timings().decodeTokensPerSecond(usage));
        if (votes.isPresent()) {
            Ballots.json(tally, result.putArray("votes"));
        }
        io.out().println(result);
    }
}
