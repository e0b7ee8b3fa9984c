package dev.tramontane.jinja;

/// `"…".format(…)`: Python's brace-style formatting, with the attributes and items that the
/// template itself could reach.
final class BraceFormat {
    private static final int DEEPEST_SPEC = 2;

    private final Spelling spelling;
    private final Budget budget;
    private final Access access;

    BraceFormat(Spelling spelling, Budget budget, Access access) {
        this.spelling = spelling;
        this.budget = budget;
        this.access = access;
    }

    Text format(Text format, Arguments arguments) {
        return new Run(arguments).format(format, 0);
    }

    private final class Run {
        private final Arguments arguments;
        private int next;

        Run(Arguments arguments) {
            this.arguments = arguments;
        }

        Text format(Text format, int depth) {
            String chars = format.chars();
            TextBuilder out = budget.builder();
            int at = 0;
            while (at < chars.length()) {
                char c = chars.charAt(at);
                boolean doubled = at + 1 < chars.length() && chars.charAt(at + 1) == c;
                if ((c == '{' || c == '}') && doubled) {
                    out.append(format, at, at + 1);
                    at += 2;
                } else if (c == '{') {
                    int end = fieldEnd(chars, at);
                    out.append(field(format.part(at + 1, end), depth));
                    at = end + 1;
                } else if (c == '}') {
                    throw new Fault("a single '}' in a format", "a field or '}}'");
                } else {
                    out.append(format, at, at + 1);
                    at++;
                }
                budget.step();
            }
            return out.toText();
        }

        private static int fieldEnd(String chars, int open) {
            int depth = 0;
            for (int at = open; at < chars.length(); at++) {
                char c = chars.charAt(at);
                depth += c == '{' ? 1 : c == '}' ? -1 : 0;
                if (depth == 0) {
                    return at;
                }
            }
            throw new Fault("a single '{' in a format", "a field or '{{'");
        }

        private Text field(Text field, int depth) {
            if (depth > DEEPEST_SPEC) {
                throw new Fault("formats within formats", "fewer");
            }
            String chars = field.chars();
            int colon = specStart(chars);
            int end = colon < 0 ? chars.length() : colon;
            int bang = chars.lastIndexOf('!', end - 1);
            String name = chars.substring(0, bang < 0 ? end : bang);
            Value value = value(name);
            if (bang >= 0) {
                value =
                        switch (chars.substring(bang + 1, end)) {
                            case "r", "a" -> Value.of(spelling.repr(value));
                            case "s" -> Value.of(spelling.str(value));
                            default -> throw new Fault("the format field " + chars, "!r or !s");
                        };
            }
            Text spec = colon < 0 ? Text.EMPTY : format(field.from(colon + 1), depth + 1);
            return FormatSpec.parse(spec.chars()).format(value, spelling);
        }

        /// The colon that is in no bracket.
        private static int specStart(String chars) {
            boolean inside = false;
            for (int i = 0; i < chars.length(); i++) {
                char c = chars.charAt(i);
                if (c == '[') {
                    inside = true;
                } else if (c == ']') {
                    inside = false;
                } else if (c == ':' && !inside) {
                    return i;
                }
            }
            return -1;
        }

        private Value value(String path) {
            int at = 0;
            while (at < path.length() && path.charAt(at) != '.' && path.charAt(at) != '[') {
                at++;
            }
            Value value = first(path.substring(0, at));
            while (at < path.length()) {
                if (path.charAt(at) == '.') {
                    int end = at + 1;
                    while (end < path.length()
                            && path.charAt(end) != '.'
                            && path.charAt(end) != '[') {
                        end++;
                    }
                    value = access.attribute(value, path.substring(at + 1, end));
                    at = end;
                } else {
                    int close = path.indexOf(']', at);
                    if (path.charAt(at) != '[' || close < 0) {
                        throw new Fault("the format field " + path, "a name or a number");
                    }
                    String key = path.substring(at + 1, close);
                    Value index = isNumber(key) ? number(key) : Value.own(key);
                    value = access.item(value, index);
                    at = close + 1;
                }
            }
            return value;
        }

        private static boolean isNumber(String name) {
            return !name.isEmpty()
                    && name.length() < 10
                    && name.chars().allMatch(c -> c >= '0' && c <= '9');
        }

        private static Value number(String name) {
            return Value.of(Integer.parseInt(name));
        }

        private Value first(String name) {
            if (name.isEmpty() || isNumber(name)) {
                int place = name.isEmpty() ? next++ : Integer.parseInt(name);
                if (place >= arguments.positional().size()) {
                    throw new Fault("no value " + place + " for a format", "one for each place");
                }
                return arguments.positional().get(place);
            }
            Value value = arguments.named().get(name);
            if (value == null) {
                throw new Fault("no value named " + name + " for a format", "one for each place");
            }
            return value;
        }
    }
}
