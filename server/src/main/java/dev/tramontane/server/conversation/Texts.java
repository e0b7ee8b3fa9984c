package dev.tramontane.server.conversation;

import java.text.Normalizer;
import java.util.Locale;

/// Texts as databases keep and compare them.
final class Texts {
    private static final int LONGEST_FOLDED_CHARS = 64 << 10;
    private static final char REPLACEMENT = '\uFFFD';

    private Texts() {}

    /// Without what no database keeps as it is: the character 0, and halves of characters.
    static String clean(String text) {
        StringBuilder clean = null;
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            boolean isWhole = one != 0 && !Character.isSurrogate(one);
            if (!isWhole
                    && Character.isSurrogatePair(
                            one, i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                i++;
            } else if (!isWhole) {
                clean = clean == null ? new StringBuilder(text) : clean;
                clean.setCharAt(i, REPLACEMENT);
            }
        }
        return clean == null ? text : clean.toString();
    }

    /// As searches compare texts: letters of one size, and one spelling of each; the beginning of a
    /// very long one.
    static String folded(String text) {
        String part =
                text.length() > LONGEST_FOLDED_CHARS
                        ? text.substring(0, LONGEST_FOLDED_CHARS)
                        : text;
        return clean(Normalizer.normalize(part, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT));
    }

    /// A pattern of SQL's `LIKE … ESCAPE '!'` for what contains a text.
    static String containing(String text) {
        return "%" + folded(text).replaceAll("([!%_])", "!$1") + "%";
    }

    /// At most so many characters, cut between words where that is near.
    static String shortened(String text, int most) {
        String line = text.strip().replaceAll("\\s+", " ");
        if (line.length() <= most) {
            return line;
        }
        int end = line.lastIndexOf(' ', most);
        int cut = end > most / 2 ? end : most;
        cut = Character.isHighSurrogate(line.charAt(cut - 1)) ? cut - 1 : cut;
        return line.substring(0, cut) + "…";
    }
}
