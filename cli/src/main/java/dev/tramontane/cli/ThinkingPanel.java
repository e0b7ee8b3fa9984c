package dev.tramontane.cli;

import dev.tramontane.terminal.Screen;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The live view of the thinking: a header that counts, and below it the last lines of the trace,
/// dimmed. It is drawn over itself, and leaves one line when the answer starts.
///
/// Lines are cut to a width that fits any terminal, with the terminal's own wrapping off, so the
/// panel always knows how many rows it has drawn.
final class ThinkingPanel {
    private static final int LINES = 8;
    private static final int COLUMNS = 76;
    private static final long REDRAW_NANOS = Duration.ofMillis(80).toNanos();

    private final PrintStream out;
    private final boolean showsTrace;
    private final StringBuilder tail = new StringBuilder();
    private int rows;
    private long drawnAt;

    /// @param showsTrace whether the trace itself is shown, or only the header
    ThinkingPanel(PrintStream out, boolean showsTrace) {
        this.out = out;
        this.showsTrace = showsTrace;
    }

    /// The line that is left when the thinking is over.
    static String summary(Duration spent, int tokens) {
        return "Thought for %s, %s".formatted(seconds(spent), tokens(tokens));
    }

    private static String tokens(int count) {
        return count(count) + (count == 1 ? " token" : " tokens");
    }

    private static String count(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String seconds(Duration spent) {
        long whole = spent.toSeconds();
        if (whole < 10) { // a small model thinks for less than one
            return String.format(Locale.ROOT, "%.1f s", spent.toMillis() / 1e3);
        }
        return whole < 60 ? whole + " s" : whole / 60 + " min " + whole % 60 + " s";
    }

    /// The prompt is being read.
    void reading(int computedTokens, int promptTokens) {
        if (computedTokens < promptTokens && isDue()) {
            draw("Reading… " + count(computedTokens) + " of " + tokens(promptTokens));
        }
    }

    /// A vote stands so.
    void voting(String line) {
        draw(Screen.harmless(line));
    }

    /// A piece of the trace arrived.
    void append(String text, int tokens, Duration spent) {
        boolean isFirst = tail.isEmpty();
        tail.append(Screen.harmless(text).replace("\t", "    "));
        if (tail.length() > 4 * LINES * COLUMNS) {
            tail.delete(0, tail.length() - 2 * LINES * COLUMNS);
        }
        if (isDue() || isFirst) {
            draw("Thinking… " + count(tokens) + " tok " + seconds(spent));
        }
    }

    /// Wipes the panel; `line` stays, unless it is empty.
    void collapse(String line) {
        wipe();
        if (!line.isEmpty()) {
            out.print(Screen.DIM + line + Screen.NORMAL + "\n\n");
        }
        out.flush();
        tail.setLength(0);
    }

    private boolean isDue() {
        long now = System.nanoTime();
        if (rows > 0 && now - drawnAt < REDRAW_NANOS) {
            return false;
        }
        drawnAt = now;
        return true;
    }

    private void draw(String header) {
        wipe();
        List<String> lines = new ArrayList<>();
        lines.add(header);
        if (showsTrace) {
            lines.addAll(lastLines());
        }
        out.print("\033[?7l" + Screen.DIM + String.join("\n", lines) + Screen.NORMAL + "\033[?7h");
        out.flush();
        rows = lines.size();
    }

    /// Back to the first drawn row, and everything from there on erased.
    private void wipe() {
        if (rows > 0) {
            out.print("\r" + (rows > 1 ? "\033[" + (rows - 1) + "A" : "") + "\033[J");
            rows = 0;
        }
    }

    private List<String> lastLines() {
        List<String> lines = new ArrayList<>();
        for (String paragraph : tail.toString().strip().split("\n+")) {
            String rest = paragraph;
            while (rest.length() > COLUMNS) {
                int space = rest.lastIndexOf(' ', COLUMNS);
                int cut = space > 0 ? space : COLUMNS;
                lines.add(rest.substring(0, cut));
                rest = rest.substring(cut).stripLeading();
            }
            lines.add(rest);
        }
        return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    }
}
