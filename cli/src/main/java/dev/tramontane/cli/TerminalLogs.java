package dev.tramontane.cli;

import org.jspecify.annotations.Nullable;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/// What the engine logs, for a person at a terminal: one plain line on standard error from level
/// WARNING on. The JVM's own logging takes two lines, and time to start.
///
/// Found by the JVM through `META-INF/services`, which is how `System.Logger` is bound.
///
/// Of HTTP nothing is told: what goes wrong there is a client's fault and told to it, or thrown.
public final class TerminalLogs extends System.LoggerFinder {
    private static final String HTTP = "io.helidon.";

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new TerminalLogger(name);
    }

    private record TerminalLogger(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.compareTo(Level.WARNING) >= 0
                    && level != Level.OFF
                    && !name.startsWith(HTTP);
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String text,
                @Nullable Throwable thrown) {
            if (isLoggable(level)) {
                System.err.println(text + (thrown == null ? "" : " (" + thrown + ")"));
            }
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                @Nullable String format,
                @Nullable Object... values) {
            if (isLoggable(level)) {
                boolean fills = format != null && values != null && values.length > 0;
                System.err.println(fills ? MessageFormat.format(format, values) : format);
            }
        }
    }
}
