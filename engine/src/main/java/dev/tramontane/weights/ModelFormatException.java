package dev.tramontane.weights;

/// The model's file must change: it is damaged, incomplete, or of a kind we do not run. The message
/// says which file and tensor or key, what was found, what was expected, and what to do.
///
/// Much of a message comes out of the file, so it is made fit to be shown: control and direction
/// characters, which could repaint a terminal or turn a line around, become `?`, and of a long one
/// the middle is left out.
public final class ModelFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final int LONGEST_CHARS = 900;

    /// Of a message that is too long: its end says what to do.
    private static final int KEPT_OF_THE_END = 300;

    public ModelFormatException(String message) {
        super(fitToBeShown(message));
    }

    public ModelFormatException(String message, Throwable cause) {
        super(fitToBeShown(message), cause);
    }

    private static String fitToBeShown(String message) {
        var text = new StringBuilder();
        message.codePoints()
                .map(ModelFormatException::visible)
                .limit(
                        message.length() > LONGEST_CHARS
                                ? LONGEST_CHARS - KEPT_OF_THE_END
                                : Long.MAX_VALUE)
                .forEach(text::appendCodePoint);
        if (message.length() > LONGEST_CHARS) {
            text.append(" … ");
            message.substring(message.length() - KEPT_OF_THE_END)
                    .codePoints()
                    .map(ModelFormatException::visible)
                    .forEach(text::appendCodePoint);
        }
        return text.toString();
    }

    private static int visible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    character == '\n' ? ' ' : '?';
            default -> character;
        };
    }
}
