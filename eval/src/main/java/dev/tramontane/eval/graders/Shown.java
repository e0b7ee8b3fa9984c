package dev.tramontane.eval.graders;

/// Texts of any length in lines for people.
final class Shown {
    private static final int LONGEST = 200;

    private Shown() {}

    /// One line of at most {@link #LONGEST} characters.
    static String brief(String text) {
        String start = text.substring(0, Math.min(text.length(), 2 * LONGEST));
        String line = start.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST && start.length() == text.length()
                ? line
                : line.substring(0, Math.min(line.length(), LONGEST - 1)) + "…";
    }
}
