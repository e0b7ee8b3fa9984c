package dev.tramontane.tokenizer;

import java.text.Normalizer;

/// What happens to a text before it is cut: one of the normalizers of a `tokenizer.json`, or the
/// rules of SentencePiece's own.
sealed interface TextStep {
    /// @throws IllegalArgumentException when the text becomes too long
    String apply(String text);

    /// A charsmap as Hugging Face applies it (`Precompiled`).
    record Precompiled(CharsMap map) implements TextStep {
        @Override
        public String apply(String text) {
            return map.replaceGraphemes(text);
        }
    }

    /// SentencePiece's own way with a charsmap, with spaces and with what goes in front.
    record SentencePieceRules(CharsMap map, boolean prefix, boolean trims) implements TextStep {
        @Override
        public String apply(String text) {
            return map.normalize(Utf8.of(text), prefix, trims);
        }
    }

    /// Every occurrence of a text becomes another (`Replace` with a `String`).
    record Replace(String found, String with) implements TextStep {
        @Override
        public String apply(String text) {
            int at = text.indexOf(found);
            if (at < 0) {
                return text;
            }
            var out = new LimitedText(text.length());
            int from = 0;
            for (; at >= 0; at = text.indexOf(found, from)) {
                out.append(text, from, at);
                out.append(with, 0, with.length());
                from = at + found.length();
            }
            out.append(text, from, text.length());
            return out.toString();
        }
    }

    /// Two spaces or more become another text (`Replace` with the expression ` {2,}`).
    record ReplaceSpaces(String with) implements TextStep {
        @Override
        public String apply(String text) {
            var out = new LimitedText(text.length());
            int from = 0;
            for (int at = text.indexOf("  "); at >= 0; at = text.indexOf("  ", from)) {
                out.append(text, from, at);
                out.append(with, 0, with.length());
                from = at;
                while (from < text.length() && text.charAt(from) == ' ') {
                    from++;
                }
            }
            out.append(text, from, text.length());
            return out.toString();
        }
    }

    /// A text in front of one that is not empty.
    record Prepend(String prefix) implements TextStep {
        @Override
        public String apply(String text) {
            return text.isEmpty() ? text : prefix + text;
        }
    }

    /// One of Unicode's normalization forms.
    record Form(Normalizer.Form form) implements TextStep {
        @Override
        public String apply(String text) {
            return Composition.of(text, form);
        }
    }

    /// White space at the ends is left out.
    record Strip(boolean left, boolean right) implements TextStep {
        @Override
        public String apply(String text) {
            int from = 0;
            int to = text.length();
            while (left && from < to && CharacterSet.isWhiteSpace(text.charAt(from))) {
                from++;
            }
            while (right && from < to && CharacterSet.isWhiteSpace(text.charAt(to - 1))) {
                to--;
            }
            return text.substring(from, to);
        }
    }

    /// Marks are left out (`StripAccents`).
    record StripMarks() implements TextStep {
        @Override
        public String apply(String text) {
            var out = new StringBuilder(text.length());
            text.codePoints().filter(c -> !Composition.isMark(c)).forEach(out::appendCodePoint);
            return out.toString();
        }
    }

    /// Every character in lower case, whatever is around it.
    record Lowercase() implements TextStep {
        private static final int DOTTED_CAPITAL_I = 0x130; // the one that becomes two characters

        @Override
        public String apply(String text) {
            var out = new LimitedText(text.length());
            text.codePoints()
                    .forEach(
                            c -> {
                                if (c == DOTTED_CAPITAL_I) {
                                    out.append("i\u0307", 0, 2);
                                } else {
                                    out.append(Character.toLowerCase(c));
                                }
                            });
            return out.toString();
        }
    }

    /// Control characters vanish and other kinds of white space become spaces (`Nmt`).
    record Nmt() implements TextStep {
        @Override
        public String apply(String text) {
            var out = new StringBuilder(text.length());
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (!vanishes(c)) {
                    out.append(isSpace(c) ? ' ' : c);
                }
            }
            return out.toString();
        }

        private static boolean vanishes(char c) {
            return switch (c) {
                case '\t', '\n', '\f', '\r', 0 -> false;
                case 0x7F, 0x8F, 0x9F -> true;
                default -> c < ' ';
            };
        }

        private static boolean isSpace(char c) {
            return switch (c) {
                case '\t', '\n', '\f', '\r' -> true;
                case 0x1680, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029 -> true;
                case 0x2581, 0xFEFF, 0xFFFD -> true;
                default -> false;
            };
        }
    }

    /// A text in the making that may become as long as texts may be.
    final class LimitedText {
        private final StringBuilder out;

        private LimitedText(int capacity) {
            out = new StringBuilder(capacity + 16);
        }

        private void append(String text, int from, int to) {
            Utf8.checkLength((long) out.length() + to - from);
            out.append(text, from, to);
        }

        private void append(int character) {
            out.appendCodePoint(character);
        }

        @Override
        public String toString() {
            return out.toString();
        }
    }
}
