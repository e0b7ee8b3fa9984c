package dev.tramontane.jinja;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Filters that make or change texts.
final class TextFilters {
    /// What a word of a title may stand behind.
    private static final String TITLE_BORDERS = "-({[<";

    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private final Budget budget;
    private final Spelling spelling;
    private final StringMethods methods;
    private final Splitting splitting;

    TextFilters(Budget budget, Spelling spelling, StringMethods methods) {
        this.budget = budget;
        this.spelling = spelling;
        this.splitting = new Splitting(budget);
        this.methods = methods;
    }

    void addTo(Map<String, Filters.Filter> filters) {
        filters.put("string", (input, arguments) -> plain("string", input, arguments));
        for (String name : List.of("upper", "lower", "capitalize")) {
            filters.put(
                    name,
                    (input, arguments) -> {
                        Value.Str str = plain(name, input, arguments);
                        return str.with(Case.changed(str.text(), name));
                    });
        }
        filters.put("title", this::title);
        filters.put("trim", this::trim);
        filters.put("replace", this::replace);
        filters.put("indent", this::indent);
        filters.put("truncate", this::truncate);
        filters.put("center", this::center);
        filters.put("wordcount", this::wordCount);
        filters.put("format", this::format);
        filters.put("urlencode", this::urlEncode);
        filters.put("striptags", this::stripTags);
        filters.put("safe", (input, _) -> new Value.Str(spelling.str(input), true));
        Filters.Filter escape = (input, _) -> new Value.Str(spelling.markup(input), true);
        filters.put("escape", escape);
        filters.put("e", escape);
        filters.put(
                "forceescape",
                (input, _) -> new Value.Str(spelling.escapedHtml(spelling.str(input)), true));
    }

    /// The input as a string: `soft_str`.
    private Value.Str soft(Value input) {
        Value.Str str =
                input instanceof Value.Str already
                        ? already
                        : new Value.Str(spelling.str(input), false);
        budget.chargeText(str.text().length());
        return str;
    }

    private Value.Str plain(String name, Value input, Arguments arguments) {
        arguments.bind(name, 0);
        return soft(input);
    }

    /// Each word's first character upper, the others lower.
    private Value title(Value input, Arguments arguments) {
        Value.Str str = plain("title", input, arguments);
        Text text = str.text();
        TextBuilder out = budget.builder();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !isTitleBorder(text.chars().charAt(end))) {
                end++;
            }
            if (end > at) {
                int first = text.chars().offsetByCodePoints(at, 1);
                out.append(Case.changed(text.part(at, first), "upper"));
                out.append(Case.changed(text.part(first, end), "lower"));
            }
            int next = end;
            while (next < text.length() && isTitleBorder(text.chars().charAt(next))) {
                next++;
            }
            out.append(text, end, next);
            at = next;
        }
        return str.with(out.toText());
    }

    private static boolean isTitleBorder(char c) {
        return Characters.isSpace(c) || TITLE_BORDERS.indexOf(c) >= 0;
    }

    private Value trim(Value input, Arguments arguments) {
        Value.Str str = soft(input);
        Value chars = arguments.bind("trim", 0, "chars").get(0, Value.NONE);
        return str.with(methods.stripped(str.text(), chars, true, true));
    }

    private Value replace(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("replace", 2, "old", "new", "count");
        Value count = bound.get(2, Value.NONE);
        return Value.of(
                methods.replaced(
                        soft(input).text(),
                        spelling.str(bound.get(0)),
                        spelling.str(bound.get(1)),
                        count instanceof Value.None ? -1 : Numbers.index(count)));
    }

    private Value indent(Value input, Arguments arguments) {
        Arguments.Bound bound = arguments.bind("indent", 0, "width", "first", "blank");
        Text width =
                bound.get(0, Value.of(4)) instanceof Value.Str str
                        ? str.text()
                        : Text.own(" ".repeat(Math.clamp(bound.integer(0, 4), 0, 100_000)));
        boolean blank = bound.truth(2, false);
        Numbers.requireText(input);
        Value.Str str = soft(input);
        TextBuilder whole = budget.builder().append(str.text()).append("\n");
        TextBuilder out = budget.builder();
        List<Text> lines = splitting.lines(whole.toText(), false);
        for (int i = 0; i < lines.size(); i++) {
            boolean indented = i == 0 ? bound.truth(1, false) : blank || !lines.get(i).isEmpty();
            out.append(i == 0 ? "" : "\n").append(indented ? width : Text.EMPTY);
            out.append(lines.get(i));
        }
        budget.chargeText(out.length());
        return str.with(out.toText());
    }

    private Value truncate(Value input, Arguments arguments) {
        Arguments.Bound bound =
                arguments.bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = bound.integer(0, 255);
        Text end = bound.text(2, "...");
        Value leeway = bound.get(3, Value.NONE);
        int tolerance = leeway instanceof Value.None ? 5 : Numbers.index(leeway);
        Text text = Numbers.requireText(input);
        budget.chargeText(text.length());
        int room = length - end.codePoints();
        if (room < 0 || tolerance < 0) {
            throw new Fault("a length of " + length, "room for the end at least");
        }
        if (text.codePoints() <= length + tolerance) {
            return input;
        }
        Text kept = text.codePoints(0, room);
        if (!bound.truth(1, false)) {
            int space = kept.chars().lastIndexOf(' ');
            kept = space < 0 ? kept : kept.part(0, space);
        }
        return Value.of(budget.builder().append(kept).append(end).toText());
    }

    private Value center(Value input, Arguments arguments) {
        int width = arguments.bind("center", 0, "width").integer(0, 80);
        Value.Handle method = (Value.Handle) methods.bound(soft(input), "center");
        return method.body().call(Arguments.of(Value.of(width)));
    }

    private Value wordCount(Value input, Arguments arguments) {
        Matcher words = WORD.matcher(plain("wordcount", input, arguments).chars());
        long count = words.results().count();
        budget.charge(count);
        return Value.of(count);
    }

    private Value format(Value input, Arguments arguments) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw new Fault("positional and named arguments for format", "one kind of them");
        }
        Value values = new Value.Tuple(arguments.positional(), false);
        if (!arguments.named().isEmpty()) {
            var dict = new Dict();
            arguments.named().forEach((name, value) -> dict.put(Value.given(name), value));
            values = dict;
        }
        Value.Str str = soft(input);
        return str.with(new PercentFormat(spelling, budget).format(str.text(), values));
    }

    private Value urlEncode(Value input, Arguments arguments) {
        arguments.bind("urlencode", 0);
        boolean whole = input instanceof Value.Str || !Sequences.isIterable(input);
        if (whole) {
            return Value.of(quoted(spelling.str(input), "/"));
        }
        TextBuilder out = budget.builder();
        String separator = "";
        List<Value> pairs =
                input instanceof Dict dict ? dict.items() : Sequences.list(input, budget);
        for (Value pair : pairs) {
            List<Value> parts = Sequences.list(pair, budget);
            if (parts.size() != 2) {
                throw new Fault("an item of " + parts.size() + " parts", "a key and a value");
            }
            out.append(separator).append(forQuery(parts.get(0)));
            out.append("=").append(forQuery(parts.get(1)));
            separator = "&";
        }
        return Value.of(out.toText());
    }

    private Text forQuery(Value value) {
        Text quoted = quoted(spelling.str(value), "");
        return methods.replaced(quoted, Text.own("%20"), Text.own("+"), -1);
    }

    private Text quoted(Text text, String kept) {
        TextBuilder out = budget.builder();
        String safe = "_.-~" + kept;
        int at = 0;
        while (at < text.length()) {
            int end = text.chars().offsetByCodePoints(at, 1);
            String one = text.chars().substring(at, end);
            char c = one.charAt(0);
            boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || safe.indexOf(c) >= 0);
            if (plain) {
                out.append(text, at, end);
            } else {
                for (byte b : one.getBytes(StandardCharsets.UTF_8)) {
                    out.append("%%%02X".formatted(b & 0xFF), text.isOwn(at));
                }
            }
            budget.step();
            at = end;
        }
        return out.toText();
    }

    /// Markup without its comments and tags, white space in single spaces.
    private Value stripTags(Value input, Arguments arguments) {
        Text text = plain("striptags", input, arguments).text();
        Text bare = without(without(text, "<!--", "-->"), "<", ">");
        List<Text> words = splitting.bySpace(bare, -1, false);
        TextBuilder out = budget.builder();
        for (int i = 0; i < words.size(); i++) {
            out.append(i == 0 ? "" : " ").append(words.get(i));
        }
        Text joined = out.toText();
        List<String> entities =
                List.of(
                        "&lt;", "<", "&gt;", ">", "&#34;", "\"", "&quot;", "\"", "&#39;", "'",
                        "&amp;", "&");
        for (int i = 0; i < entities.size(); i += 2) {
            joined =
                    methods.replaced(
                            joined, Text.own(entities.get(i)), Text.given(entities.get(i + 1)), -1);
        }
        return Value.of(joined);
    }

    private Text without(Text text, String open, String close) {
        List<int[]> cuts = new ArrayList<>();
        int at = text.chars().indexOf(open);
        while (at >= 0) {
            int end = text.chars().indexOf(close, at);
            if (end < 0) {
                break;
            }
            budget.step();
            cuts.add(new int[] {at, end + close.length()});
            at = text.chars().indexOf(open, end + close.length());
        }
        TextBuilder out = budget.builder();
        int done = 0;
        for (int[] cut : cuts) {
            out.append(text, done, cut[0]);
            done = cut[1];
        }
        return out.append(text, done, text.length()).toText();
    }
}
