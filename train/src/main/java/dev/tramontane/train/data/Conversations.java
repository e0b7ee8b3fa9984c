package dev.tramontane.train.data;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatRequestReader;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.eval.items.LineReader;
import dev.tramontane.train.Example;
import dev.tramontane.train.Examples;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Conversations from files of lines, each a JSON object with `messages` as a chat completion has
/// them, and perhaps `tools`; what else it has is passed over. Thoughts are chunks of type
/// `thinking`, or `reasoning_content` beside a content.
///
/// Every message of the assistant is an example of its own, behind what precedes it. All are read
/// once, so that a mistake is told before the training begins; then each is read again when its
/// turn comes. An epoch goes through all of them, in an order that its number and the seed decide.
///
/// One thread at a time may call.
public final class Conversations implements Examples, AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String MESSAGES = "messages";
    private static final String TOOLS = "tools";

    private final AnswerWriter writer;
    private final List<Source> sources = new ArrayList<>();
    private final List<Place> answers = new ArrayList<>();
    private final MessageDigest digest;
    private int tooLong;
    private Epochs epochs = new Epochs(0, 1);

    private record Source(Path file, FileChannel channel) {}

    /// Where an answer is.
    ///
    /// @param line from 1
    /// @param message its index
    private record Place(Source source, long from, int bytes, int line, int message) {
        String text() {
            return source.file + ":" + line;
        }
    }

    private Conversations(AnswerWriter writer, MessageDigest digest) {
        this.writer = writer;
        this.digest = digest;
    }

    /// Reads files.
    ///
    /// @param longest tokens of an example; longer ones are left out and counted
    /// @param digest a fresh SHA-256
    /// @throws DataException when a line is no conversation, or nothing is left to learn
    @SuppressWarnings("MustBeClosedChecker") // closed with this
    public static Conversations open(
            List<Path> files, AnswerWriter writer, int longest, long seed, MessageDigest digest)
            throws IOException {
        var conversations = new Conversations(writer, digest);
        try {
            for (Path file : files) {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                var source = new Source(file, channel);
                conversations.sources.add(source);
                conversations.read(source, longest);
            }
            conversations.checkSome(longest);
            conversations.epochs = new Epochs(seed, conversations.answers.size());
            return conversations;
        } catch (IOException | RuntimeException failure) {
            conversations.close();
            throw failure;
        }
    }

    private void checkSome(int longest) throws DataException {
        if (answers.isEmpty()) {
            String what =
                    tooLong == 0
                            ? "no message of an assistant, expected one at least; add some"
                            : "all %d answers are longer than %d tokens, expected one at least; raise context"
                                    .formatted(tooLong, longest);
            throw new DataException(sources.getFirst().file + ": " + what);
        }
    }

    private void read(Source source, int longest) throws IOException {
        int number = 0;
        try (var lines = new LineReader(Files.newInputStream(source.file))) {
            for (Optional<byte[]> next = lines.next(); next.isPresent(); next = lines.next()) {
                number++;
                byte[] bytes = next.get();
                digest.update(bytes);
                digest.update((byte) '\n');
                String text = new String(bytes, StandardCharsets.UTF_8);
                if (text.isBlank()) {
                    continue;
                }
                JsonNode line = parse(source.file + ":" + number, text);
                for (int message = 0; message < line.path(MESSAGES).size(); message++) {
                    if (isAnswer(line, message)) {
                        var place = new Place(source, lines.from(), bytes.length, number, message);
                        add(place, line, longest);
                    }
                }
            }
        }
    }

    private static boolean isAnswer(JsonNode line, int message) {
        return line.path(MESSAGES).path(message).path("role").asString("").equals("assistant");
    }

    private void add(Place place, JsonNode line, int longest) throws DataException {
        if (example(place, line).tokens().length > longest) {
            tooLong++;
        } else {
            answers.add(place);
        }
    }

    private static JsonNode parse(String place, String text) throws DataException {
        JsonNode line;
        try {
            line = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new DataException(
                    "%s: no JSON (%s), expected an object with messages; correct the line"
                            .formatted(place, e.getOriginalMessage()),
                    e);
        }
        if (!line.path(MESSAGES).isArray()) {
            throw new DataException(
                    place
                            + ": has no list of messages, expected an object with one; correct the line");
        }
        return line;
    }

    private Example example(Place place, JsonNode line) throws DataException {
        try {
            ChatRequest prompt = request(line, place.message, false);
            ChatRequest whole = request(line, place.message + 1, true);
            return writer.example(prompt, whole, true);
        } catch (InvalidRequestException e) {
            throw new DataException(place.text() + ": " + e.getMessage(), e);
        }
    }

    /// @param count of the first messages
    private static ChatRequest request(JsonNode line, int count, boolean goesOn) {
        ObjectNode request = JSON.createObjectNode();
        ArrayNode messages = request.putArray(MESSAGES);
        for (int i = 0; i < count; i++) {
            messages.add(withPlainThoughts(line.path(MESSAGES).path(i)));
        }
        if (line.has(TOOLS)) {
            request.set(TOOLS, line.path(TOOLS));
        }
        if (goesOn) {
            request.put("continue_final_message", true);
        }
        return ChatRequestReader.read(request);
    }

    /// Thoughts as one text, where they are a list of texts as in Mistral's API.
    private static JsonNode withPlainThoughts(JsonNode message) {
        if (!message.path("content").isArray()) {
            return message;
        }
        JsonNode plain = message.deepCopy();
        for (JsonNode chunk : plain.path("content")) {
            if (chunk instanceof ObjectNode fields && chunk.path("thinking").isArray()) {
                var thoughts = new StringBuilder();
                for (JsonNode part : chunk.path("thinking")) {
                    thoughts.append(part.path("text").asString(""));
                }
                fields.put("thinking", thoughts.toString());
            }
        }
        return plain;
    }

    @Override
    public Example at(long number) {
        Place place = answers.get(epochs.at(number));
        byte[] bytes = new byte[place.bytes];
        ByteBuffer left = ByteBuffer.wrap(bytes);
        try {
            while (left.hasRemaining()) {
                long at = place.from + left.position();
                if (place.source.channel.read(left, at) < 0) {
                    throw new DataException(
                            place.text()
                                    + ": is gone, expected it as it was when the training began; put the file back");
                }
            }
            return example(place, parse(place.text(), new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Answers that are learned.
    public int count() {
        return answers.size();
    }

    /// Answers that were left out.
    public int tooLong() {
        return tooLong;
    }

    /// The SHA-256 of all lines, in hexadecimal digits. It can be asked for once.
    public String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() throws IOException {
        for (Source source : sources) {
            source.channel.close();
        }
    }
}
