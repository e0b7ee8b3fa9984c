package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Thinking;
import dev.tramontane.terminal.Stdio;

import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import javax.imageio.ImageIO;

class ReplTest {
    @TempDir private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /// Talks as somebody who types these lines.
    private int talk(String... lines) throws IOException {
        return talk(Optional.empty(), lines);
    }

    private int talk(Optional<Path> path, String... lines) throws IOException {
        Stdio io =
                Tramontane.program().variable("TRAMONTANE_HOME", folder.toString()).stdio(out, err);
        byte[] typed = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        var sampling = new SamplingFlags();
        sampling.set("seed", "2");
        sampling.set("max-tokens", "200");
        var settings =
                new Repl.Settings(Optional.empty(), Thinking.DEFAULT, false, false, sampling);
        try (LocalModel model = LocalModel.open(path.orElse(EmbeddedModel.path(io.environment())));
                Terminal terminal =
                        new DumbTerminal(
                                "test",
                                Terminal.TYPE_DUMB,
                                new ByteArrayInputStream(typed),
                                new ByteArrayOutputStream(),
                                StandardCharsets.UTF_8)) {
            return new Repl(io, terminal, model, settings, new Interrupts()).talk();
        }
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private List<Message> saved() throws IOException {
        return ConversationFile.load(folder.resolve("saved.json"));
    }

    private String save() {
        return "/save " + folder.resolve("saved.json");
    }

    @Test
    void a_conversation_keeps_questions_answers_and_thinking() throws IOException {
        assertEquals(0, talk("hello", "\"\"\"two", "lines\"\"\"", save(), "/bye"));
        List<Message> messages = saved();
        assertEquals(4, messages.size());
        assertEquals(new Message.UserMessage("hello"), messages.get(0));
        assertEquals(2, messages.get(1).content().size());
        assertEquals(new Message.UserMessage("two\nlines"), messages.get(2));
    }

    @Test
    void undo_and_clear_forget() throws IOException {
        talk("hello", "again", "/undo", save());
        assertEquals(2, saved().size());
        talk("hello", "/clear", "/undo", save());
        assertTrue(out().contains("Nothing to take back."), out());
    }

    @Test
    void retry_answers_the_same_question_again() throws IOException {
        talk("hello", "/retry", save());
        assertEquals(2, saved().size());
    }

    @Test
    void what_was_saved_can_be_loaded() throws IOException {
        talk("hello", save());
        talk("/load " + folder.resolve("saved.json"), "again", save());
        assertEquals(4, saved().size());
    }

    @Test
    void an_image_is_part_of_the_question_and_saved_with_it() throws IOException {
        Path image = folder.resolve("square.png");
        var square = new BufferedImage(28, 28, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(square, "png", image.toFile());
        Path seeing = Tramontane.VECTORS.resolve("tiny-vision");
        String notes = Files.writeString(folder.resolve("notes.txt"), "no image").toString();
        talk(
                Optional.of(seeing),
                "/set max-tokens 2",
                "/image " + image + " what is this?",
                "/image " + notes,
                save(),
                "/load " + folder.resolve("saved.json"),
                "/retry");
        assertTrue(err().contains("content: found a file of no known"), err());
        Message asked = saved().getFirst();
        assertEquals(2, saved().size());
        assertTrue(asked.content().getFirst() instanceof Chunk.ImageChunk, asked.toString());
        assertEquals(new Chunk.TextChunk("what is this?"), asked.content().getLast());
        talk("/image " + image);
        assertTrue(err().contains("sees no images"), err());
    }

    @Test
    void a_file_is_part_of_the_question() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "some notes");
        talk("/file " + file + " what is this?", save());
        assertEquals(
                new Message.UserMessage("what is this?\n\nnotes.txt:\n\nsome notes"),
                saved().getFirst());
    }

    @Test
    void settings_and_mistakes_are_told() throws IOException {
        talk(
                "/set temperature 0.25",
                "/set dry-multiplier 0.5",
                "/set repeat-penalty 1.25",
                "/set logit-bias 17=-5",
                "/set logit-bias 18",
                "/set nonsense 1",
                "/set top-k many",
                "/think 100",
                "/think much",
                "/load no/such.json",
                "/frobnicate",
                "/show",
                "/help");
        assertTrue(out().contains("temperature 0.25"), out());
        assertTrue(out().contains("repeat 1.25, "), out());
        assertTrue(out().contains("DRY 0.5; bias on 1 tokens"), out());
        assertTrue(out().contains("/retry"), out());
        String complaints = err.toString(StandardCharsets.UTF_8);
        assertEquals(6, complaints.lines().count(), complaints);
        assertFalse(complaints.contains("defect"), complaints);
    }

    /// The end of the thinking is made all but impossible, so that only `/now` can bring it.
    @Test
    void now_ends_the_thinking_and_an_answer_follows() throws IOException {
        var keyboard = new PipedOutputStream();
        var typesNow = new TypesWhenThinking(keyboard);
        Stdio io =
                Tramontane.program()
                        .variable("TRAMONTANE_HOME", folder.toString())
                        .stdio(out, typesNow);
        try (LocalModel model = LocalModel.open(EmbeddedModel.path(io.environment()));
                Terminal terminal =
                        new DumbTerminal(
                                "test",
                                "ansi",
                                new PipedInputStream(keyboard),
                                new ByteArrayOutputStream(),
                                StandardCharsets.UTF_8)) {
            var sampling = new SamplingFlags();
            int close = model.tokenizer().special("[/THINK]").orElseThrow();
            sampling.set("logit-bias", close + "=-100");
            sampling.set("max-tokens", "8000");
            var settings =
                    new Repl.Settings(Optional.empty(), Thinking.DEFAULT, false, false, sampling);
            keyboard.write("hello\n".getBytes(StandardCharsets.UTF_8));
            assertEquals(0, new Repl(io, terminal, model, settings, new Interrupts()).talk());
        }
        String trace = typesNow.toString(StandardCharsets.UTF_8);
        assertTrue(trace.contains(", the answer was asked for"), trace);
        String banner = "nano; /help lists the commands\n";
        assertTrue(out().startsWith(banner), out());
        assertFalse(out().substring(banner.length()).isBlank(), out());
    }

    /// An answer that notes what is wished of it.
    private static final class Wishes implements ChatStream {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Override
        public Iterator<ChatEvent> iterator() {
            return List.<ChatEvent>of().iterator();
        }

        @Override
        public void answerNow() {
            heard.add("now");
        }

        @Override
        public void thinkLonger(int tokens) {
            heard.add("longer by " + tokens);
        }

        @Override
        public void close() {}
    }

    /// The watch reads on a thread of its own; the test waits for what it hears, in order.
    @Test
    void longer_and_now_reach_the_answer_while_it_is_written() throws Exception {
        byte[] typed = "/longer\nhm\n/longer \n/now\n".getBytes(StandardCharsets.UTF_8);
        var answer = new Wishes();
        List<String> heard = new ArrayList<>();
        try (Terminal terminal =
                        new DumbTerminal(
                                "test",
                                "ansi",
                                new ByteArrayInputStream(typed),
                                new ByteArrayOutputStream(),
                                StandardCharsets.UTF_8);
                KeyWatch _ =
                        new KeyWatch(
                                terminal,
                                new Interrupts(),
                                line -> Repl.obeyWhileAnswering(line, answer))) {
            while (heard.size() < 3) {
                heard.add(answer.heard.take());
            }
        }
        assertEquals(List.of("longer by 1000", "longer by 1000", "now"), heard);
        assertEquals(0, answer.heard.size());
    }

    @Test
    void longer_and_now_say_that_nothing_thinks_where_nothing_does() throws IOException {
        talk("/longer", "/now");
        assertTrue(out().contains("It is not thinking; type /longer and Enter"), out());
        assertTrue(out().contains("It is not thinking; type /now and Enter"), out());
    }

    /// Sees the thinking begin, types `/now`, and leaves.
    private static final class TypesWhenThinking extends ByteArrayOutputStream {
        private final OutputStream keyboard;
        private boolean typed;

        TypesWhenThinking(OutputStream keyboard) {
            this.keyboard = keyboard;
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int count) {
            super.write(bytes, from, count);
            if (!typed && toString(StandardCharsets.UTF_8).contains("Thinking…")) {
                typed = true;
                try {
                    keyboard.write("/now\n".getBytes(StandardCharsets.UTF_8));
                    keyboard.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Test
    void thinking_can_be_read_again() throws IOException {
        talk("/trace", "hello", "/trace");
        assertTrue(out().contains("No thinking yet."), out());
        assertEquals(0, talk("/bye"));
    }
}
