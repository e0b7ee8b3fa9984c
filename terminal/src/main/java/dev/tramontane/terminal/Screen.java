package dev.tramontane.terminal;

/// Escape sequences of terminals (ECMA-48), and what must never reach one.
public final class Screen {
    /// Begins what stands back.
    public static final String DIM = "\033[2m";

    /// Ends it.
    public static final String NORMAL = "\033[22m";

    /// Erases the line above: the JVM's notice that the Vector API is an incubator module, which no
    /// flag can silence and which is the first thing it writes.
    public static final String ERASE_LINE_ABOVE = "\033[A\r\033[2K";

    private Screen() {}

    /// The text without control characters, so that no model can move the cursor, rename the window
    /// or write to the clipboard.
    public static String harmless(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isControl(text.charAt(i))) {
                return withoutControls(text);
            }
        }
        return text;
    }

    private static String withoutControls(String text) {
        var clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            clean.append(isControl(c) ? '\uFFFD' : c);
        }
        return clean.toString();
    }

    private static boolean isControl(char c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t';
    }
}
