package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/// The methods of Python's `str`.
final class StringMethods {
    static final Set<String> NAMES =
            Set.of(
                    "capitalize",
                    "casefold",
                    "center",
                    "count",
                    "endswith",
                    "expandtabs",
                    "find",
                    "format",
                    "format_map",
                    "index",
                    "isalnum",
                    "isalpha",
                    "isascii",
                    "isdecimal",
                    "isdigit",
                    "islower",
                    "isnumeric",
                    "isprintable",
                    "isspace",
                    "istitle",
                    "isupper",
                    "join",
                    "ljust",
                    "lower",
                    "lstrip",
                    "partition",
                    "removeprefix",
                    "removesuffix",
                    "replace",
                    "rfind",
                    "rindex",
                    "rjust",
                    "rpartition",
                    "rsplit",
                    "rstrip",
                    "split",
                    "splitlines",
                    "startswith",
                    "strip",
                    "swapcase",
                    "title",
                    "upper",
                    "zfill");

    private final Budget budget;
    private final BraceFormat braces;
    private final Splitting splitting;
    private final Spelling spelling;

    StringMethods(Budget budget, Spelling spelling, BraceFormat braces) {
        this.budget = budget;
        this.spelling = spelling;
        this.braces = braces;
        this.splitting = new Splitting(budget);
    }

    /// The method as a value.
    Value bound(Value.Str str, String name) {
        return new Value.Handle(
                "builtin_function_or_method",
                name,
                Map.of(),
                arguments -> call(str, name, arguments));
    }

    private Value call(Value.Str str, String name, Arguments arguments) {
        Text text = str.text();
        budget.chargeText(text.length());
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> {
                Value chars = arguments.bind(name, 0, "chars").get(0, Value.NONE);
                yield str.with(
                        stripped(text, chars, !name.equals("rstrip"), !name.equals("lstrip")));
            }
            case "startswith", "endswith" -> Value.of(affix(text, name, arguments));
            case "find", "rfind", "index", "rindex", "count" -> search(text, name, arguments);
            case "replace" -> {
                var bound = arguments.bind(name, 2, "old", "new", "count");
                yield str.with(
                        replaced(
                                text,
                                Numbers.requireText(bound.get(0)),
                                Numbers.requireText(bound.get(1)),
                                bound.integer(2, -1)));
            }
            case "removeprefix", "removesuffix" -> {
                Text part = arguments.bind(name, 1, "part").text(0, "");
                boolean prefix = name.equals("removeprefix");
                boolean there =
                        prefix
                                ? text.chars().startsWith(part.chars())
                                : text.chars().endsWith(part.chars());
                int start = there && prefix ? part.length() : 0;
                int end = there && !prefix ? text.length() - part.length() : text.length();
                yield str.with(text.part(start, end));
            }
            case "split", "rsplit" -> {
                var bound = arguments.bind(name, 0, "sep", "maxsplit");
                int most = bound.integer(1, -1);
                Value separator = bound.get(0, Value.NONE);
                List<Text> parts =
                        separator instanceof Value.None
                                ? splitting.bySpace(text, most, name.equals("rsplit"))
                                : splitting.by(
                                        text,
                                        Numbers.requireText(separator),
                                        most,
                                        name.equals("rsplit"));
                yield new Value.Array(strs(str, parts));
            }
            case "splitlines" -> {
                boolean keep = arguments.bind(name, 0, "keepends").truth(0, false);
                yield new Value.Array(strs(str, splitting.lines(text, keep)));
            }
            case "partition", "rpartition" ->
                    new Value.Tuple(
                            strs(
                                    str,
                                    splitting.around(
                                            text,
                                            arguments.bind(name, 1, "sep").text(0, ""),
                                            name.equals("rpartition"))),
                            false);
            case "join" -> joined(str, arguments.bind(name, 1, "iterable").get(0));
            case "center", "ljust", "rjust", "zfill" -> str.with(padded(text, name, arguments));
            case "format" -> str.with(braces.format(text, arguments));
            case "format_map" -> str.with(braces.format(text, named(arguments)));
            case "expandtabs" -> {
                int size = arguments.bind(name, 0, "tabsize").integer(0, 8);
                yield str.with(splitting.expanded(text, size));
            }
            default -> {
                arguments.bind(name, 0);
                yield name.startsWith("is")
                        ? Value.of(is(text.chars(), name))
                        : str.with(Case.changed(text, name));
            }
        };
    }

    private static List<Value> strs(Value.Str like, List<Text> texts) {
        List<Value> all = new ArrayList<>(texts.size());
        texts.forEach(text -> all.add(like.with(text)));
        return all;
    }

    /// `strip`: white space, or any of some characters.
    Text stripped(Text text, Value chars, boolean left, boolean right) {
        IntPredicate goes = Characters::isSpace;
        if (!(chars instanceof Value.None)) {
            String set = Numbers.requireText(chars).chars();
            goes =
                    point -> {
                        budget.chargeText(set.length());
                        return set.indexOf(point) >= 0;
                    };
        }
        String all = text.chars();
        int start = 0;
        int end = all.length();
        while (left && start < end && goes.test(all.codePointAt(start))) {
            start += Character.charCount(all.codePointAt(start));
        }
        while (right && end > start && goes.test(all.codePointBefore(end))) {
            end -= Character.charCount(all.codePointBefore(end));
        }
        return text.part(start, end);
    }

    private boolean affix(Text text, String name, Arguments arguments) {
        var bound = arguments.bind(name, 1, "prefix", "start", "end");
        Optional<Text> part = between(text, bound.get(1, Value.NONE), bound.get(2, Value.NONE));
        List<Value> affixes =
                bound.get(0) instanceof Value.Tuple(List<Value> items, _)
                        ? items
                        : List.of(bound.get(0));
        boolean found = false;
        for (Value affix : affixes) {
            budget.step();
            String sought = Numbers.requireText(affix).chars();
            found |=
                    part.isPresent()
                            && (name.equals("startswith")
                                    ? part.get().chars().startsWith(sought)
                                    : part.get().chars().endsWith(sought));
        }
        return found;
    }

    /// The part of a text that a search looks at; empty when it begins behind the end.
    private static Optional<Text> between(Text text, Value start, Value end) {
        int length = text.codePoints();
        int from = start instanceof Value.None ? 0 : place(start, length);
        int to = end instanceof Value.None ? length : Math.min(place(end, length), length);
        return from > length || from > to
                ? Optional.empty()
                : Optional.of(text.codePoints(from, to));
    }

    private static int place(Value index, int length) {
        int at = Numbers.index(index);
        return at < 0 ? Math.max(0, at + length) : at;
    }

    private Value search(Text text, String name, Arguments arguments) {
        var bound = arguments.bind(name, 1, "sub", "start", "end");
        Text sub = bound.text(0, "");
        String sought = sub.chars();
        Optional<Text> part = between(text, bound.get(1, Value.NONE), bound.get(2, Value.NONE));
        part.ifPresent(in -> budget.chargeSearch(in, sub));
        if (name.equals("count")) {
            return Value.of(part.map(in -> count(in, sought)).orElse(0));
        }
        boolean last = name.startsWith("r");
        int at =
                part.map(in -> last ? in.chars().lastIndexOf(sought) : in.chars().indexOf(sought))
                        .orElse(-1);
        if (at < 0 && name.endsWith("index")) {
            throw new Fault("a text without the part sought", "one that contains it");
        }
        int skipped =
                bound.get(1, Value.NONE) instanceof Value.None
                        ? 0
                        : place(bound.get(1), text.codePoints());
        return Value.of(at < 0 ? -1 : skipped + part.orElseThrow().chars().codePointCount(0, at));
    }

    private static int count(Text text, String sought) {
        if (sought.isEmpty()) {
            return text.codePoints() + 1;
        }
        int count = 0;
        int at = text.chars().indexOf(sought);
        while (at >= 0) {
            count++;
            at = text.chars().indexOf(sought, at + sought.length());
        }
        return count;
    }

    /// `replace`; a negative count replaces all.
    Text replaced(Text text, Text old, Text by, int count) {
        budget.chargeSearch(text, old);
        String chars = text.chars();
        int left = count < 0 ? Integer.MAX_VALUE : count;
        TextBuilder out = budget.builder();
        int done = 0;
        int at = left == 0 ? -1 : chars.indexOf(old.chars());
        while (at >= 0 && left-- > 0) {
            budget.step();
            out.append(text, done, at).append(by);
            done = at + old.length();
            if (old.isEmpty()) {
                if (at == chars.length()) {
                    break;
                }
                int next = chars.offsetByCodePoints(at, 1);
                out.append(text, at, next);
                done = next;
                at = next;
            } else {
                at = chars.indexOf(old.chars(), done);
            }
        }
        budget.chargeText(out.length());
        return out.append(text, done, text.length()).toText();
    }

    private Value joined(Value.Str separator, Value items) {
        TextBuilder out = budget.builder();
        boolean first = true;
        for (Value item : Sequences.list(items, budget)) {
            if (!(item instanceof Value.Str str)) {
                throw new Fault("a " + Types.name(item) + " among texts to join", "texts alone");
            }
            if (!first) {
                out.append(separator.text());
            }
            out.append(separator.markup() ? spelling.markup(item) : str.text());
            first = false;
        }
        budget.chargeText(out.length());
        return separator.with(out.toText());
    }

    private Text padded(Text text, String name, Arguments arguments) {
        var bound = arguments.bind(name, 1, "width", "fillchar");
        Text fill = bound.text(1, name.equals("zfill") ? "0" : " ");
        if (fill.codePoints() != 1) {
            throw new Fault("a fill of several characters", "one");
        }
        int room = Math.max(0, bound.integer(0, 0) - text.codePoints());
        int before =
                switch (name) {
                    case "ljust" -> 0;
                    case "center" -> room / 2 + (room & bound.integer(0, 0) & 1);
                    default -> room;
                };
        boolean signed =
                name.equals("zfill")
                        && !text.isEmpty()
                        && "+-".indexOf(text.chars().charAt(0)) >= 0;
        TextBuilder out = budget.builder();
        out.append(text, 0, signed ? 1 : 0).append(fill, before);
        out.append(text, signed ? 1 : 0, text.length()).append(fill, room - before);
        budget.chargeText(out.length());
        return out.toText();
    }

    private static Arguments named(Arguments arguments) {
        Value mapping = arguments.bind("format_map", 1, "mapping").get(0);
        if (!(mapping instanceof Dict dict)) {
            throw new Fault("a " + Types.name(mapping) + " for format_map", "a dict");
        }
        Map<String, Value> named = new java.util.HashMap<>();
        for (Dict.Entry entry : dict.entries()) {
            if (entry.key() instanceof Value.Str key) {
                named.put(key.chars(), entry.value());
            }
        }
        return new Arguments(List.of(), named);
    }

    /// The tests whose names begin with `is`.
    static boolean is(String text, String name) {
        boolean any = !text.isEmpty();
        return switch (name) {
            case "isascii" -> text.chars().allMatch(c -> c < 0x80);
            case "isprintable" -> text.codePoints().allMatch(Characters::isPrintable);
            case "isalpha" -> any && text.codePoints().allMatch(Character::isLetter);
            case "isalnum" ->
                    any && text.codePoints().allMatch(c -> c != '_' && Characters.isWord(c));
            case "isdecimal" -> any && text.codePoints().allMatch(Character::isDigit);
            case "isdigit" -> any && text.codePoints().allMatch(StringMethods::isDigit);
            case "isnumeric" -> any && text.codePoints().allMatch(StringMethods::isNumeric);
            case "isspace" -> any && text.codePoints().allMatch(Characters::isSpace);
            case "islower" ->
                    text.codePoints().anyMatch(Character::isLowerCase)
                            && text.codePoints().noneMatch(c -> isCapital(c));
            case "isupper" ->
                    text.codePoints().anyMatch(Character::isUpperCase)
                            && text.codePoints()
                                    .noneMatch(
                                            c ->
                                                    Character.isLowerCase(c)
                                                            || Character.isTitleCase(c));
            default -> Case.isTitle(text);
        };
    }

    private static boolean isCapital(int c) {
        return Character.isUpperCase(c) || Character.isTitleCase(c);
    }

    private static boolean isDigit(int c) {
        return Character.isDigit(c) || "²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉".indexOf(c) >= 0;
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }
}
