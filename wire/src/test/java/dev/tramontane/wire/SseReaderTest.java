package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

class SseReaderTest {
    private static final int MOST = 1000;

    /// Made of what the format gives a meaning.
    private static final List<String> PIECES =
            List.of(
                    "data", "data:", "data: ", "event: ", "event:", "id: 7", ":", ": ping",
                    "retry:", "\n", "\r", "\r\n", "\n\n", "x", "é", " ", "\uFEFF", "{}", "",
                    "[DONE]");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "data: one\\n\\n | message=one",
                "data:one\\r\\rdata: two\\r\\n\\r\\n | message=one;message=two",
                "data:  two spaces\\n\\n | message= two spaces",
                "data: a\\ndata\\ndata:b\\n\\n | message=a\\n\\nb",
                "event: error\\ndata: x\\n\\ndata: y\\n\\n | error=x;message=y",
                "event: lost\\n\\ndata: y\\n\\n | message=y",
                ": ping\\n\\n: ping\\ndata: x\\n\\n | message=x",
                "id: 1\\nretry: 5\\nother: z\\ndata: x\\n\\n | message=x",
                "data\\n\\n | message=",
                "data: x\\n\\ndata: cut off\\n | message=x",
                "data: x\\n\\ndata: cut | message=x",
                "\uFEFFdata: x\\n\\n | message=x",
            })
    void events_are_told_apart_as_the_standard_says(String stream, String events)
            throws IOException {
        String bytes = stream.strip().replace("\\n", "\n").replace("\\r", "\r");
        assertEquals(
                events.strip(),
                String.join(";", read(bytes.getBytes(UTF_8), MOST)).replace("\n", "\\n"));
    }

    @Test
    void events_do_not_depend_on_where_the_bytes_are_split_and_are_those_of_the_plain_definition()
            throws IOException {
        var random = new SplittableRandom(3);
        int told = 0;
        for (int i = 0; i < 20_000; i++) {
            var stream = new StringBuilder();
            for (int pieces = random.nextInt(20); pieces > 0; pieces--) {
                stream.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            byte[] bytes = stream.toString().getBytes(UTF_8);
            List<String> expected = plain(stream.toString());
            told += expected.size();
            assertEquals(expected, read(bytes, Integer.MAX_VALUE), stream.toString());
            assertEquals(expected, read(bytes, 1 + random.nextInt(3)), stream.toString());
        }
        assertTrue(told > 1000, told + " events");
    }

    /// WHATWG HTML 9.2.6, a line at a time over the whole text.
    private static List<String> plain(String stream) {
        List<String> events = new ArrayList<>();
        String text = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
        String[] lines = text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1);
        String type = "";
        var data = new StringBuilder();
        for (int i = 0; i + 1 < lines.length; i++) { // the last line has no end
            String line = lines[i];
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(
                            (type.isEmpty() ? "message" : type)
                                    + "="
                                    + data.substring(0, data.length() - 1));
                }
                type = "";
                data.setLength(0);
                continue;
            }
            String[] parts = line.split(":", 2);
            String value = parts.length < 2 ? "" : parts[1].replaceFirst("^ ", "");
            if (parts[0].equals("data")) {
                data.append(value).append('\n');
            } else if (parts[0].equals("event")) {
                type = value;
            }
        }
        return events;
    }

    @Test
    void a_line_that_does_not_end_is_refused_before_it_fills_the_memory() {
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 'x';
                    }
                };
        SseReader reader = new SseReader(endless, MOST);
        assertEquals(
                "an event of more than 1000 bytes, expected shorter ones",
                assertThrows(SseReader.TooLongException.class, reader::next).getMessage());
    }

    @Test
    void an_event_of_endless_lines_is_refused_too() {
        byte[] lines = "data: x\n".repeat(MOST).getBytes(UTF_8);
        SseReader reader = new SseReader(new ByteArrayInputStream(lines), MOST);
        assertThrows(SseReader.TooLongException.class, reader::next);
    }

    @Test
    void many_short_events_and_comments_are_no_long_one() throws IOException {
        byte[] events = "data: x\n\n: ping\n\n".repeat(MOST).getBytes(UTF_8);
        var reader = new SseReader(new ByteArrayInputStream(events), MOST);
        int told = 0;
        while (reader.next().isPresent()) {
            told++;
        }
        assertEquals(MOST, told);
    }

    /// @param atOnce bytes that arrive together at most
    private static List<String> read(byte[] bytes, int atOnce) throws IOException {
        var source = new ByteArrayInputStream(bytes);
        InputStream slow =
                new InputStream() {
                    @Override
                    public int read() {
                        return source.read();
                    }

                    @Override
                    public int read(byte[] out, int from, int length) {
                        return source.read(out, from, Math.min(length, atOnce));
                    }
                };
        var reader = new SseReader(slow, MOST);
        List<String> events = new ArrayList<>();
        for (Optional<SseReader.Event> event = reader.next();
                event.isPresent();
                event = reader.next()) {
            events.add(event.get().type() + "=" + event.get().data());
        }
        return events;
    }
}
