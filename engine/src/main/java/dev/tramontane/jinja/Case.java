package dev.tramontane.jinja;

import java.util.Locale;

/// Upper and lower case as Python has it.
final class Case {
    private Case() {}

    /// The method of `str` with this name.
    static Text changed(Text text, String method) {
        return switch (method) {
            case "upper" -> text.mapped(part -> part.toUpperCase(Locale.ROOT));
            case "lower" -> text.mapped(part -> part.toLowerCase(Locale.ROOT));
            case "casefold" ->
                    text.mapped(
                            part ->
                                    part.replace("ß", "ss")
                                            .replace("ẞ", "ss")
                                            .toUpperCase(Locale.ROOT)
                                            .toLowerCase(Locale.ROOT)
                                            .replace('ς', 'σ'));
            case "swapcase" -> text.mapped(Case::swapped);
            case "capitalize" -> {
                if (text.isEmpty()) {
                    yield text;
                }
                int first = text.chars().offsetByCodePoints(0, 1);
                yield new TextBuilder(Integer.MAX_VALUE)
                        .append(text.part(0, first).mapped(Case::titled))
                        .append(changed(text.from(first), "lower"))
                        .toText();
            }
            case "title" -> title(text);
            default -> throw new IllegalStateException("no method " + method);
        };
    }

    private static String swapped(String part) {
        var out = new StringBuilder(part.length());
        part.codePoints()
                .forEach(
                        point -> {
                            String one = Character.toString(point);
                            out.append(
                                    Character.isUpperCase(point)
                                            ? one.toLowerCase(Locale.ROOT)
                                            : Character.isLowerCase(point)
                                                    ? one.toUpperCase(Locale.ROOT)
                                                    : one);
                        });
        return out.toString();
    }

    /// A first letter's form in a title, such as ǅ for ǆ and `Ss` for ß.
    private static String titled(String character) {
        String upper = character.toUpperCase(Locale.ROOT);
        int point = character.codePointAt(0);
        int title = Character.toTitleCase(point);
        if (title != point && title != Character.toUpperCase(point)) {
            return Character.toString(title);
        }
        return upper.codePointCount(0, upper.length()) > 1
                ? upper.substring(0, 1) + upper.substring(1).toLowerCase(Locale.ROOT)
                : upper;
    }

    /// Every run of cased letters begins with a capital.
    private static Text title(Text text) {
        var out = new TextBuilder(Integer.MAX_VALUE);
        boolean inWord = false;
        int at = 0;
        while (at < text.length()) {
            int point = text.chars().codePointAt(at);
            int end = at + Character.charCount(point);
            Text one = text.part(at, end);
            out.append(inWord ? changed(one, "lower") : one.mapped(Case::titled));
            inWord = isCased(point);
            at = end;
        }
        return out.toText();
    }

    private static boolean isCased(int point) {
        return Character.isUpperCase(point)
                || Character.isLowerCase(point)
                || Character.isTitleCase(point);
    }

    /// `istitle`: capitals only after what has no case, small letters only after what has.
    static boolean isTitle(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int point : text.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(point) || Character.isTitleCase(point);
            if (capital == inWord && isCased(point)) {
                return false;
            }
            inWord = isCased(point);
            any |= inWord;
        }
        return any;
    }
}
