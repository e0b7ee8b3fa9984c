package dev.tramontane.eval.graders;

import java.util.Optional;

/// Finds the program in an answer: what its last closed fence holds, whatever language the fence
/// names.
///
/// A fence is a line that begins with three backticks or more, space before them allowed. One that
/// names a language always opens a block, so a fence that nobody closed does not turn text into
/// code.
final class CodeBlock {
    private static final String FENCE = "```";

    private CodeBlock() {}

    /// @return the lines within, without the fences
    static Optional<String> last(String answer) {
        Optional<String> last = Optional.empty();
        StringBuilder open = null;
        int backticks = 0;
        for (String line : (Iterable<String>) answer.lines()::iterator) {
            String text = line.strip();
            if (!text.startsWith(FENCE)) {
                if (open != null) {
                    open.append(line).append('\n');
                }
                continue;
            }
            int length = leadingBackticks(text);
            boolean bare = length == text.length();
            if (open != null && length < backticks) {
                open.append(line).append('\n');
            } else if (open != null && bare) {
                last = Optional.of(open.toString());
                open = null;
            } else {
                open = new StringBuilder();
                backticks = length;
            }
        }
        return last;
    }

    private static int leadingBackticks(String text) {
        int length = 0;
        while (length < text.length() && text.charAt(length) == '`') {
            length++;
        }
        return length;
    }
}
