package dev.tramontane.eval.items;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads the rows of a file; its ending tells the format: `.jsonl`, `.json` (a list of objects),
/// `.csv`, `.tsv`, `.parquet`.
public final class Rows {
    /// Private tests of programs are long: LiveCodeBench has lines of 60 MB.
    private static final int LONGEST_TEXT_CHARS = 512 << 20;

    private static final long MOST_JSON_BYTES = 1L << 30;

    /// For texts as long as that.
    static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(64)
                                                    .maxStringLength(LONGEST_TEXT_CHARS)
                                                    .build())
                                    .build())
                    .build();

    private Rows() {}

    /// Takes rows one after another, so that a file of gigabytes is never in memory as a whole.
    public interface Taker {
        void take(Row row) throws ItemException;
    }

    /// @param columns names of the columns where a table has no heading; empty where it has one, or
    ///   is no table
    /// @throws ItemException when the file is not what its ending says
    public static void read(Path file, List<String> columns, Taker taker) throws IOException {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        try {
            switch (ending) {
                case "jsonl", "ndjson" -> jsonLines(file, name, taker);
                case "json" -> jsonList(file, name, taker);
                case "csv" -> table(file, name, ',', columns, taker);
                case "tsv" -> table(file, name, '\t', columns, taker);
                case "parquet" -> Parquet.read(file, name, taker);
                default ->
                        throw new ItemException(
                                file
                                        + ": the ending tells no format, expected .jsonl, .json,"
                                        + " .csv, .tsv or .parquet; rename the file after what it"
                                        + " holds");
            }
        } catch (CharacterCodingException e) {
            throw new ItemException(file + ": no UTF-8; save it as UTF-8", e);
        }
    }

    private static void jsonLines(Path file, String name, Taker taker) throws IOException {
        try (var lines = new LineReader(Files.newInputStream(file))) {
            int number = 0;
            for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                number++;
                byte[] bytes = line.get();
                String text =
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString();
                if (!text.isBlank()) {
                    String place = name + ":" + number;
                    var span = new Row.Span(file, lines.from(), bytes.length);
                    taker.take(
                            new Row(object(parse(text, place), place), place, Optional.of(span)));
                }
            }
        }
    }

    /// Reads a row of JSON again.
    static Row again(Row.Span span) throws IOException {
        String place = span.file() + " at byte " + span.from();
        try (FileChannel file = FileChannel.open(span.file())) {
            ByteBuffer bytes = ByteBuffer.allocate(span.bytes());
            while (bytes.hasRemaining()) {
                if (file.read(bytes, span.from() + bytes.position()) < 0) {
                    throw new ItemException(
                            place + ": the file has become shorter; leave it alone during a run");
                }
            }
            String text = new String(bytes.array(), StandardCharsets.UTF_8);
            return new Row(object(parse(text, place), place), place, Optional.of(span));
        }
    }

    private static void jsonList(Path file, String name, Taker taker) throws IOException {
        if (Files.size(file) > MOST_JSON_BYTES) {
            throw new ItemException(
                    file + ": longer than 1 GiB, expected less; save it with an object a line");
        }
        JsonNode list = parse(Files.readString(file), name);
        if (!list.isArray()) {
            throw new ItemException(file + ": no list, expected a JSON list of objects");
        }
        int number = 0;
        for (JsonNode each : list) {
            String place = name + "[" + number++ + "]";
            taker.take(new Row(object(each, place), place));
        }
    }

    private static JsonNode parse(String text, String place) throws ItemException {
        try {
            return MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ItemException(
                    place + ": " + e.getOriginalMessage() + ", expected a JSON value", e);
        }
    }

    private static ObjectNode object(JsonNode node, String place) throws ItemException {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ItemException(place + ": no JSON object, expected one with the item's fields");
    }

    private static void table(
            Path file, String name, char separator, List<String> columns, Taker taker)
            throws IOException {
        try (var table = new SeparatedReader(Files.newBufferedReader(file), separator, name)) {
            List<String> heading = columns.isEmpty() ? table.next().orElse(List.of()) : columns;
            Set<String> seen = new HashSet<>();
            for (String column : heading) {
                if (!seen.add(column)) {
                    throw new ItemException(
                            name + ": two columns are named " + column + ", expected one");
                }
            }
            for (var record = table.next(); record.isPresent(); record = table.next()) {
                String place = name + ":" + table.line();
                List<String> cells = record.get();
                if (cells.size() != heading.size()) {
                    throw new ItemException(
                            "%s: %d cells, expected %d (%s)"
                                    .formatted(
                                            place,
                                            cells.size(),
                                            heading.size(),
                                            String.join(", ", heading)));
                }
                ObjectNode values = MAPPER.createObjectNode();
                for (int i = 0; i < cells.size(); i++) {
                    values.put(heading.get(i), cells.get(i));
                }
                taker.take(new Row(values, place));
            }
        }
    }

    /// All rows of a small file.
    static List<Row> all(Path file, List<String> columns) throws IOException {
        List<Row> rows = new ArrayList<>();
        read(file, columns, rows::add);
        return rows;
    }
}
