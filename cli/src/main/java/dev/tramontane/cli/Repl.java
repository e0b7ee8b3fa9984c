package dev.tramontane.cli;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.terminal.Failure;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;

import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A conversation at the terminal, with commands that begin with a slash.
final class Repl {
    private static final String HELP =
            """
            /set NAME VALUE      temperature, top-p, top-k, min-p, typical-p, seed, max-tokens, and the penalties
                                 that run --help lists; system TEXT; verbose on|off
            /show                the model and the settings
            /think [WISH]        on, off, low, medium, high, or N tokens at most
            /now                 while it thinks: answer now
            /longer              while it thinks: think on for 1,000 tokens more
            /trace               the last thinking, in full
            /retry               answer the last question again
            /undo                take back the last question and its answer
            /file PATH [TEXT]    ask about a text file
            /image PATH [TEXT]   ask about an image
            /save PATH           write the conversation to a file
            /load PATH           read it back
            /clear               forget the conversation
            /bye                 leave (also Ctrl-D)
            \"""                  begin and end a question of several lines
            Ctrl-C               stop the answer; without an answer, leave
            """;

    private static final List<String> COMMANDS =
            List.of(
                    "/help", "/set", "/show", "/think", "/now", "/longer", "/trace", "/retry",
                    "/undo", "/file", "/image", "/save", "/load", "/clear", "/bye");

    /// What `/longer` adds to the thinking. Nobody is here to answer a call.
    static final ToolUse NO_TOOLS = ToolUse.FREE.withChoice(new ToolChoice.None());

    private static final int LONGER_TOKENS = 1000;

    private static final String FENCE = "\"\"\"";

    private final Stdio io;
    private final Terminal terminal;
    private final LocalModel model;
    private final Settings settings;
    private final Interrupts interrupts;
    private final LineReader reader;
    private final Conversation conversation = new Conversation();
    private String lastThinking = "";

    /// What the person may change while talking.
    static final class Settings {
        private Optional<String> system;
        private Thinking think;
        private boolean verbose;
        private final boolean hideThinking;
        private final SamplingFlags sampling;

        Settings(
                Optional<String> system,
                Thinking think,
                boolean hideThinking,
                boolean verbose,
                SamplingFlags sampling) {
            this.system = system;
            this.think = think;
            this.hideThinking = hideThinking;
            this.verbose = verbose;
            this.sampling = sampling;
        }
    }

    Repl(Stdio io, Terminal terminal, LocalModel model, Settings settings, Interrupts interrupts) {
        this.io = io;
        this.terminal = terminal;
        this.model = model;
        this.settings = settings;
        this.interrupts = interrupts;
        this.reader = reader(io, terminal);
    }

    private static LineReader reader(Stdio io, Terminal terminal) {
        var parser = new DefaultParser();
        parser.setEscapeChars(null); // a question is text: no quotes, no escapes
        parser.setQuoteChars(new char[0]);
        return LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("tramontane")
                .parser(parser)
                .completer(new StringsCompleter(COMMANDS))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .variable(
                        LineReader.HISTORY_FILE,
                        EmbeddedModel.home(io.environment()).resolve("history"))
                .build();
    }

    /// Talks until the person leaves.
    ///
    /// @return the exit code
    int talk() {
        terminal.handle(Terminal.Signal.INT, _ -> interrupts.interrupt());
        io.out().println(model.name() + "; /help lists the commands");
        io.out().flush();
        while (true) {
            try {
                String line = reader.readLine(">>> ");
                boolean isFenced = line.stripLeading().startsWith(FENCE);
                if (isFenced) {
                    line = restOfFence(line.stripLeading().substring(FENCE.length()));
                }
                if (line.isBlank()) {
                    continue;
                }
                boolean leaves =
                        line.startsWith("/") && !isFenced ? !obey(line.strip()) : !ask(line);
                if (leaves) {
                    return 0;
                }
            } catch (UserInterruptException e) {
                if (e.getPartialLine().isEmpty()) {
                    return Interrupts.EXIT_CODE;
                }
            } catch (EndOfFileException e) {
                return 0;
            }
        }
    }

    private String restOfFence(String first) {
        var text = new StringBuilder(first);
        while (text.indexOf(FENCE) < 0) {
            text.append('\n').append(reader.readLine("... "));
        }
        return text.substring(0, text.indexOf(FENCE)).strip();
    }

    /// Obeys a command.
    ///
    /// @return whether the conversation goes on
    private boolean obey(String line) {
        String[] words = line.split("\\s+", 2);
        String rest = words.length > 1 ? words[1] : "";
        try {
            switch (words[0]) {
                case "/help", "/?" -> say(HELP);
                case "/set" -> set(rest);
                case "/show" -> show();
                case "/think" -> settings.think = new ThinkConverter().convert(wishOr(rest, "on"));
                case "/now", "/longer" ->
                        say("It is not thinking; type " + words[0] + " and Enter while it does.");
                case "/trace" -> say(lastThinking.isEmpty() ? "No thinking yet." : lastThinking);
                case "/retry" -> retry();
                case "/undo" -> say(conversation.undo() ? "Taken back." : "Nothing to take back.");
                case "/file" -> askAboutFile(rest);
                case "/image" -> askAboutImage(rest);
                case "/save" -> {
                    ConversationFile.save(conversation.messages(), path(rest));
                    say("Saved.");
                }
                case "/load" -> {
                    conversation.replaceBy(ConversationFile.load(path(rest)));
                    say(conversation.messages().size() + " messages.");
                }
                case "/clear" -> {
                    conversation.replaceBy(List.of());
                    say("Cleared.");
                }
                case "/bye", "/exit", "/quit" -> {
                    return false;
                }
                default -> complain("no command " + words[0] + "; /help lists them");
            }
        } catch (TypeConversionException e) {
            complain(e.getMessage());
        } catch (IOException | IllegalArgumentException e) {
            complain(Failure.describe(e));
        } catch (InvalidRequestException e) {
            complain(e.getMessage());
        }
        return true;
    }

    private static String wishOr(String wish, String fallback) {
        return wish.isEmpty() ? fallback : wish;
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("no path given, expected one after the command");
        }
        return Path.of(text.strip());
    }

    private void set(String assignment) {
        String[] words = assignment.split("\\s+", 2);
        String value = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "system" ->
                    settings.system = value.isEmpty() ? Optional.empty() : Optional.of(value);
            case "verbose" -> settings.verbose = !value.equals("off");
            default -> {
                if (!settings.sampling.set(words[0], value)) {
                    complain(
                            "no setting "
                                    + words[0]
                                    + ", expected system, verbose or one of "
                                    + String.join(", ", SamplingFlags.NAMES));
                }
            }
        }
    }

    private void show() {
        var sampling = settings.sampling.over(model.sampling(), 0, model.tokenizer());
        Penalties penalties = sampling.penalties();
        say(
                """
                model        %s, context %d, %s
                system       %s
                thinking     %s
                sampling     temperature %s, top-p %s, top-k %d, min-p %s, typical-p %s, max-tokens %d
                penalties    repeat %s, frequency %s, presence %s over the last %d tokens; DRY %s; bias on %d tokens
                """
                        .formatted(
                                model.name(),
                                model.context(),
                                model.engine().kernelsName(),
                                settings.system.orElse("the model's own"),
                                settings.think,
                                sampling.temperature(),
                                sampling.topP(),
                                sampling.topK(),
                                sampling.minP(),
                                sampling.typicalP(),
                                sampling.maxTokens(),
                                penalties.repetition().repeat(),
                                penalties.repetition().frequency(),
                                penalties.repetition().presence(),
                                penalties.repetition().lastTokens(),
                                penalties.dry().multiplier(),
                                penalties.bias().values().size()));
    }

    private boolean ask(String question) {
        conversation.ask(question);
        answer();
        return true;
    }

    private void retry() {
        List<Message> before = conversation.messages();
        if (conversation.forgetAnswer()) {
            answer();
            if (conversation.messages().size() < before.size()) { // refused, or stopped at once
                conversation.replaceBy(before);
            }
        } else {
            say("No question yet.");
        }
    }

    private void askAboutFile(String words) throws IOException {
        String[] parts = words.split("\\s+", 2);
        Path file = path(parts[0]);
        String question = parts.length > 1 ? parts[1] + "\n\n" : "";
        ask(question + file.getFileName() + ":\n\n" + Files.readString(file));
    }

    private void askAboutImage(String words) throws IOException {
        if (!model.sees()) {
            complain(model.name() + " sees no images; run a model that does");
            return;
        }
        String[] parts = words.split("\\s+", 2);
        String question = parts.length > 1 ? parts[1] : "";
        conversation.ask(ImageFiles.ask(question, List.of(path(parts[0]))));
        answer();
    }

    private void answer() {
        try {
            List<Message> messages = new ArrayList<>();
            settings.system.ifPresent(text -> messages.add(new Message.SystemMessage(text)));
            messages.addAll(conversation.messages());
            ChatRequest request =
                    ImageFiles.latestSeen(ChatRequest.of(messages))
                            .withThinking(settings.think)
                            .withToolUse(NO_TOOLS)
                            .withSampling(
                                    settings.sampling.over(
                                            model.sampling(),
                                            System.nanoTime(),
                                            model.tokenizer()));
            show(request);
        } catch (InvalidRequestException | IllegalArgumentException e) {
            conversation.undo();
            complain(e.getMessage());
        }
    }

    private void show(ChatRequest request) {
        var trace = settings.hideThinking ? AnswerPrinter.Trace.HIDDEN : AnswerPrinter.Trace.SHOWN;
        var printer = new AnswerPrinter(io, trace);
        var keys = new Keys();
        Answering answering;
        try (keys) {
            answering = Answering.ask(model, request, interrupts, keys::watch, printer::show);
        }
        printer.finish();
        RunCommand.explainEnd(io, answering);
        if (settings.verbose) {
            RunCommand.tellTimes(io, answering, model.engine().stats(), Optional.empty());
        }
        conversation.answered(answering.answer());
        lastThinking = answering.answer().thinking();
    }

    /// Obeys what is typed while an answer is written.
    static void obeyWhileAnswering(String line, ChatStream answer) {
        switch (line) {
            case "/now" -> answer.answerNow();
            case "/longer" -> answer.thinkLonger(LONGER_TOKENS);
            default -> {} // dropped: the answer goes on
        }
    }

    /// The watch over the keyboard, where there is one.
    private final class Keys implements AutoCloseable {
        private @Nullable KeyWatch watch;

        void watch(ChatStream answer) {
            if (!terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                watch =
                        new KeyWatch(
                                terminal, interrupts, line -> obeyWhileAnswering(line, answer));
            }
        }

        @Override
        public void close() {
            if (watch != null) {
                watch.close();
            }
        }
    }

    private void say(String text) {
        io.out().println(Screen.harmless(text).stripTrailing());
        io.out().flush();
    }

    private void complain(@Nullable String text) {
        io.err().println(Screen.harmless(String.valueOf(text)));
    }
}
