package dev.tramontane.cli;

import dev.tramontane.terminal.Screen;

import java.io.PrintStream;
import java.util.List;

/// Rows of text in columns as wide as need be.
final class Table {
    private Table() {}

    /// @param rows the first is the heading; all as long as it
    static void print(PrintStream out, List<String[]> rows) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(Screen.harmless(row[i])).repeat(' ', widths[i] - row[i].length() + 2);
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
