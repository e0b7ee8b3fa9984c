package dev.tramontane.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command reads and writes, and where a person sits at the other end.
///
/// @param in standard input; shared
/// @param out results, and nothing else
/// @param err what is for the person: progress, notices, errors
/// @param environment variables, for the defaults of flags
public record Stdio(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Terminals terminals,
        Map<String, String> environment) {
    /// Which of the three streams are terminals.
    public record Terminals(boolean in, boolean out, boolean err) {
        public static final Terminals NONE = new Terminals(false, false, false);

        /// As the launcher found them: the letters `i`, `o`, `e` of each stream that is one.
        /// Without a launcher, the JVM knows of the first two together.
        @SuppressWarnings("SystemConsoleNull") // since Java 25 it is null again where nobody sits
        public static Terminals ofProcess() {
            String letters = System.getProperty("tramontane.terminals");
            if (letters == null) {
                var console = System.console();
                boolean terminal = console != null && console.isTerminal();
                return new Terminals(terminal, terminal, terminal);
            }
            return new Terminals(
                    letters.contains("i"), letters.contains("o"), letters.contains("e"));
        }
    }

    /// What is to be said where an answer found no place.
    public static final String UNWRITABLE =
            "standard output cannot be written: its disk is full, or its reader has gone";

    /// The process's own streams, in UTF-8 whatever the locale.
    public static Stdio ofProcess() {
        return new Stdio(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminals.ofProcess(),
                System.getenv());
    }

    /// Takes the JVM's notice about incubator modules off the terminal, where the launcher says
    /// that it was the last line written.
    public void hideIncubatorNotice() {
        if (Boolean.getBoolean("tramontane.notice") && errHasColour()) {
            err.print(Screen.ERASE_LINE_ABOVE);
            err.flush();
        }
    }

    /// Whether colours and moving lines suit standard output.
    public boolean outHasColour() {
        return terminals.out() && plainIsNotAsked();
    }

    /// Whether colours and moving lines suit standard error.
    public boolean errHasColour() {
        return terminals.err() && plainIsNotAsked();
    }

    /// See no-color.org; a dumb terminal knows no escape sequences.
    private boolean plainIsNotAsked() {
        return environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }
}
