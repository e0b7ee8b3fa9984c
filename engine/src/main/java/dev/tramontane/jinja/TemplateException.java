package dev.tramontane.jinja;

/// A template that cannot be read, or cannot be rendered with what it was given.
///
/// The message names the template's line, what was found and what was expected.
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final boolean raised;

    TemplateException(int line, String message, boolean raised) {
        super("line " + line + " of the template: " + message);
        this.line = line;
        this.raised = raised;
    }

    static TemplateException syntax(int line, String found, String expected) {
        return new TemplateException(line, "found " + found + ", expected " + expected, false);
    }

    /// The line of the template, from 1.
    public int line() {
        return line;
    }

    /// Whether the template itself refused, by `raise_exception`: the conversation is not one it
    /// can write.
    public boolean raised() {
        return raised;
    }
}
