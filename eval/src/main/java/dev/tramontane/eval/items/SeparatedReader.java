package dev.tramontane.eval.items;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Records of a table in text, cells apart by a comma or a tab (RFC 4180). A cell in double quotes
/// may hold separators, line breaks, and quotes written twice; between tabs a quote is a letter
/// like others (IANA text/tab-separated-values).
final class SeparatedReader implements AutoCloseable {
    private static final int LONGEST_CELL_CHARS = 64 << 20;

    private final BufferedReader text;
    private final char separator;
    private final String name;
    private int line = 1;
    private int recordLine = 1;

    /// @param name of the file, for messages
    SeparatedReader(BufferedReader text, char separator, String name) {
        this.text = text;
        this.separator = separator;
        this.name = name;
    }

    /// The line on which the last record began.
    int line() {
        return recordLine;
    }

    /// The next record; empty at the end. Empty lines are none.
    Optional<List<String>> next() throws IOException {
        List<String> cells = new ArrayList<>();
        var cell = new StringBuilder();
        int first = skipEmptyLines();
        recordLine = line;
        if (first < 0) {
            return Optional.empty();
        }
        int c = first;
        while (true) {
            if (c == '"' && separator != '\t') {
                quoted(cell);
                c = text.read();
            }
            while (c >= 0 && c != separator && c != '\n' && c != '\r') {
                append(cell, c);
                c = text.read();
            }
            cells.add(cell.toString());
            cell.setLength(0);
            if (c != separator) {
                endLine(c);
                return Optional.of(cells);
            }
            c = text.read();
        }
    }

    private int skipEmptyLines() throws IOException {
        int c = text.read();
        if (line == 1 && c == '\uFEFF') {
            c = text.read();
        }
        while (c == '\n' || c == '\r') {
            endLine(c);
            c = text.read();
        }
        return c;
    }

    private void endLine(int c) throws IOException {
        if (c == '\r') {
            text.mark(1);
            if (text.read() != '\n') {
                text.reset();
            }
        }
        line++;
    }

    /// The rest of a cell behind its opening quote.
    private void quoted(StringBuilder cell) throws IOException {
        int opened = line;
        while (true) {
            int c = text.read();
            if (c < 0) {
                throw new ItemException(
                        "%s:%d: a quote is not closed, expected another before the file's end"
                                .formatted(name, opened));
            }
            if (c == '"') {
                text.mark(1);
                if (text.read() != '"') {
                    text.reset();
                    return;
                }
            } else if (c == '\n') {
                line++;
            }
            append(cell, c);
        }
    }

    private void append(StringBuilder cell, int c) throws ItemException {
        if (cell.length() >= LONGEST_CELL_CHARS) {
            throw new ItemException(
                    "%s:%d: a cell of more than 64 M characters; is a quote missing?"
                            .formatted(name, recordLine));
        }
        cell.append((char) c);
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
