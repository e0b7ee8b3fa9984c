package dev.tramontane.eval.graders.math;

import java.text.Normalizer;

/// One spelling for characters that mean the same: roots, fractions and raised digits as LaTeX,
/// compatibility forms as letters.
final class Spelling {
    private Spelling() {}

    /// Spells characters out that stand for LaTeX, and brings the rest to one form.
    static String plain(String text) {
        StringBuilder spelled = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            String alone = String.valueOf(letter);
            String latex = Vocabulary.SPELLED.get(alone);
            int root = "√∛∜".indexOf(letter);
            if (root >= 0) {
                spelled.append(root == 0 ? "\\sqrt " : "\\sqrt[" + (root + 2) + "] ");
            } else if (latex != null) {
                spelled.append(latex);
            } else if (Vocabulary.RAISED.indexOf(letter) >= 0) {
                i = shifted(text, i, Vocabulary.RAISED, "^{", spelled);
            } else if (Vocabulary.LOWERED.indexOf(letter) >= 0) {
                i = shifted(text, i, Vocabulary.LOWERED, "_{", spelled);
            } else {
                spelled.append(letter);
            }
        }
        return Digits.ascii(normalized(spelled.toString()));
    }

    private static int shifted(
            String text, int from, String row, String opening, StringBuilder out) {
        int i = from;
        out.append(opening);
        while (i < text.length() && row.indexOf(text.charAt(i)) >= 0) {
            out.append(Vocabulary.PLAIN.charAt(row.indexOf(text.charAt(i))));
            i++;
        }
        out.append('}');
        return i - 1;
    }

    /// Compatibility forms (full width, mathematical alphabets), but for the characters that have a
    /// meaning of their own.
    private static String normalized(String text) {
        StringBuilder out = new StringBuilder(text.length());
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length()
                    || Vocabulary.CHARACTERS.containsKey(String.valueOf(text.charAt(i)))) {
                out.append(Normalizer.normalize(text.substring(from, i), Normalizer.Form.NFKC));
                if (i < text.length()) {
                    out.append(text.charAt(i));
                }
                from = i + 1;
            }
        }
        return out.toString();
    }
}
