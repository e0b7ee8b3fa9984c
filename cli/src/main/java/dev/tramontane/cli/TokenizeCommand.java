package dev.tramontane.cli;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatRequestReader;
import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `tokenize`: text, a chat request or ids to the other side, as JSON.
@Command(
        name = "tokenize",
        description = "Turn text or a chat request into token ids, or ids into text.")
final class TokenizeCommand implements Callable<Integer> {
    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @ArgGroup(exclusive = true)
    private Direction direction = new Direction();

    /// What goes in.
    static final class Direction {
        @Option(
                names = "--chat",
                paramLabel = "REQUEST.json",
                description = "Render the prompt of a chat request; - reads standard input.")
        private Optional<Path> chat = Optional.empty();

        @Option(
                names = "--decode",
                description = "TEXT is ids, separated by commas or spaces: give their text.")
        private boolean decode;

        @Option(
                names = "--jsonl",
                description =
                        "Read one request a line, {\"text\"}, {\"chat\"} or {\"tokens\","
                                + " \"special\"}, and write one answer a line.")
        private boolean jsonl;
    }

    @Option(
            names = "--template",
            paramLabel = "VERSION",
            description = "Render chats as this version: v3, v7, v11, v13 or v15.")
    private Optional<String> version = Optional.empty();

    @Option(
            names = "--special",
            paramLabel = "WHAT",
            description = "With --decode: ignore or keep special tokens (default: ignore).")
    private SpecialTokens special = SpecialTokens.IGNORE;

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..*",
            description = "The text; standard input where it is absent.")
    private List<String> text = List.of();

    TokenizeCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        TokenizerSource source = TokenizerSource.open(model.path(io));
        if (direction.jsonl) {
            answerLines(source);
        } else if (direction.chat.isPresent()) {
            ChatTemplate template = source.template(version);
            String request = readRequest(direction.chat.get());
            ChatRequest seen = ImageFiles.seen(ChatRequestReader.read(request));
            print(tokens(source, template.encode(seen)));
        } else if (direction.decode) {
            print(decoded(source, ids(textOrStandardInput()), special));
        } else {
            print(tokens(source, source.tokenizer().encode(textOrStandardInput())));
        }
        return 0;
    }

    private void print(ObjectNode answer) {
        io.out().println(answer);
    }

    private String textOrStandardInput() throws IOException {
        return text.isEmpty() ? standardInput() : String.join(" ", text);
    }

    private String standardInput() throws IOException {
        return new String(io.in().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String readRequest(Path file) throws IOException {
        return file.toString().equals("-") ? standardInput() : Files.readString(file);
    }

    private static ObjectNode tokens(TokenizerSource source, int[] ids) {
        List<String> pieces = new ArrayList<>(ids.length);
        for (int id : ids) {
            pieces.add(source.tokenizer().pieceOf(id));
        }
        ObjectNode answer = Json.object();
        answer.set("tokens", Json.array(ids));
        answer.set("pieces", Json.array(pieces));
        return answer;
    }

    private static ObjectNode decoded(TokenizerSource source, int[] ids, SpecialTokens special) {
        return Json.object().put("text", source.tokenizer().decode(ids, special));
    }

    private static int[] ids(String text) {
        return Arrays.stream(text.strip().split("[\\s,]+"))
                .filter(word -> !word.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private void answerLines(TokenizerSource source) throws IOException {
        Optional<ChatTemplate> template = Optional.empty();
        var lines = new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            ObjectNode answer;
            try {
                JsonNode request = Json.parse("line", line);
                if (request.has("chat") && template.isEmpty()) {
                    template = Optional.of(source.template(version));
                }
                answer = answer(source, template, request);
            } catch (InvalidRequestException | IllegalArgumentException e) {
                answer = Json.object().put("error", e.getMessage());
            }
            print(answer);
            if (!lines.ready()) {
                io.out().flush();
            }
        }
    }

    private static ObjectNode answer(
            TokenizerSource source, Optional<ChatTemplate> template, JsonNode request) {
        JsonNode text = request.path("text");
        if (text.isString()) {
            int[] ids = source.tokenizer().encode(text.stringValue());
            return onlyTokens(ids);
        }
        if (template.isPresent() && request.has("chat")) {
            ChatRequest chat = ChatRequestReader.read(request.path("chat"));
            return onlyTokens(template.get().encode(ImageFiles.seen(chat)));
        }
        if (request.has("tokens")) {
            String special = request.path("special").asString("ignore");
            return decoded(
                    source,
                    Json.ids(request.path("tokens")),
                    SpecialTokens.valueOf(special.toUpperCase(Locale.ROOT)));
        }
        throw new IllegalArgumentException(
                "found " + request + ", expected an object with text, chat or tokens");
    }

    private static ObjectNode onlyTokens(int[] ids) {
        ObjectNode answer = Json.object();
        answer.set("tokens", Json.array(ids));
        return answer;
    }
}
