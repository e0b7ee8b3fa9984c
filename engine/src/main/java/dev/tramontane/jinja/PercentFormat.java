package dev.tramontane.jinja;

import java.util.List;
import java.util.Optional;

/// `"…" % values`: Python's printf-style formatting.
final class PercentFormat {
    private final Spelling spelling;
    private final Budget budget;

    PercentFormat(Spelling spelling, Budget budget) {
        this.spelling = spelling;
        this.budget = budget;
    }

    Text format(Text format, Value values) {
        return new Run(format, values).format();
    }

    private final class Run {
        private final Text format;
        private final String chars;
        private final List<Value> arguments;
        private final Optional<Dict> mapping;
        private final boolean single;
        private int at;
        private int used;

        Run(Text format, Value values) {
            this.format = format;
            this.chars = format.chars();
            this.arguments =
                    values instanceof Value.Tuple(List<Value> items, _) ? items : List.of(values);
            this.mapping = values instanceof Dict dict ? Optional.of(dict) : Optional.empty();
            this.single = !(values instanceof Value.Tuple);
        }

        Text format() {
            TextBuilder out = budget.builder();
            while (at < chars.length()) {
                int percent = chars.indexOf('%', at);
                int end = percent < 0 ? chars.length() : percent;
                out.append(format, at, end);
                at = end;
                if (percent >= 0) {
                    at++;
                    conversion(out);
                }
            }
            boolean takesAny = single && (mapping.isPresent() || isSequence());
            if (used < arguments.size() && !takesAny) {
                throw new Fault(
                        arguments.size() + " values for a format that uses " + used,
                        "as many as it uses");
            }
            budget.chargeText(out.length());
            return out.toText();
        }

        private boolean isSequence() {
            return arguments.getFirst() instanceof Value.Array;
        }

        private void conversion(TextBuilder out) {
            Optional<Value> named = named();
            String flags = span("-+ #0");
            int width = number();
            int precision = -1;
            if (peek() == '.') {
                at++;
                precision = Math.max(0, number());
            }
            span("hlL");
            char type = peek();
            at++;
            if (type == '%') {
                out.append("%");
                return;
            }
            Value value = named.orElseGet(this::next);
            out.append(converted(value, flags, width, precision, type));
        }

        private char peek() {
            if (at >= chars.length()) {
                throw new Fault("an unfinished %-format", "a letter at its end");
            }
            return chars.charAt(at);
        }

        private Optional<Value> named() {
            if (peek() != '(') {
                return Optional.empty();
            }
            int close = chars.indexOf(')', at);
            if (close < 0 || mapping.isEmpty()) {
                throw new Fault("a %-format with a name", "a dict of values");
            }
            String name = chars.substring(at + 1, close);
            at = close + 1;
            return Optional.of(
                    mapping.get()
                            .get(Value.own(name))
                            .orElseThrow(
                                    () -> new Fault("no value named " + name, "one in the dict")));
        }

        private String span(String letters) {
            int start = at;
            while (at < chars.length() && letters.indexOf(chars.charAt(at)) >= 0) {
                at++;
            }
            return chars.substring(start, at);
        }

        private int number() {
            if (peek() == '*') {
                at++;
                return Numbers.index(next());
            }
            String digits = span("0123456789");
            if (digits.length() > 4) {
                throw new Fault("a width of " + digits, "9999 at most");
            }
            return digits.isEmpty() ? -1 : Integer.parseInt(digits);
        }

        private Value next() {
            if (used >= arguments.size()) {
                throw new Fault("too few values for a %-format", "one for each place");
            }
            return arguments.get(used++);
        }

        private Text converted(Value value, String flags, int width, int precision, char type) {
            boolean left = flags.indexOf('-') >= 0;
            boolean text = type == 's' || type == 'r' || type == 'a' || type == 'c';
            boolean zero = flags.indexOf('0') >= 0 && !left && !text;
            char sign = flags.indexOf('+') >= 0 ? '+' : flags.indexOf(' ') >= 0 ? ' ' : '-';
            Value shown =
                    switch (type) {
                        case 's' -> Value.of(spelling.str(value));
                        case 'r', 'a' -> Value.of(spelling.repr(value));
                        case 'c' -> character(value);
                        case 'd', 'i', 'u' -> whole(value);
                        case 'x', 'X', 'o' -> whole(value);
                        case 'e', 'E', 'f', 'F', 'g', 'G' -> Value.of(Numbers.real(value));
                        default -> throw new Fault("the %-format %" + type, "one of Python's");
                    };
            boolean integer = "diuxXo".indexOf(type) >= 0;
            if (width > 9999 || precision > 9999) {
                throw new Fault("a width of more than 9999", "less");
            }
            if (integer && precision > 0) {
                return padded(digits(shown, precision, sign), left, width);
            }
            var spec =
                    new FormatSpec(
                            zero ? "0" : " ",
                            left ? '<' : zero ? '=' : text ? '>' : ' ',
                            text ? '-' : sign,
                            flags.indexOf('#') >= 0,
                            Math.max(0, width),
                            "",
                            integer ? -1 : precision,
                            text ? 's' : "diu".indexOf(type) >= 0 ? 'd' : type);
            return spec.format(shown, spelling);
        }

        private Text digits(Value number, int precision, char sign) {
            String digits = spelling.str(number).chars();
            boolean negative = digits.startsWith("-");
            String size = negative ? digits.substring(1) : digits;
            String zeros = "0".repeat(Math.max(0, precision - size.length()));
            return Text.own((negative ? "-" : sign == '-' ? "" : "" + sign) + zeros + size);
        }

        private Text padded(Text text, boolean left, int width) {
            String room = " ".repeat(Math.max(0, width - text.codePoints()));
            return left
                    ? new TextBuilder(Integer.MAX_VALUE).append(text).append(room).toText()
                    : new TextBuilder(Integer.MAX_VALUE).append(room).append(text).toText();
        }

        private static Value whole(Value value) {
            if (value instanceof Value.Real(double number) && Double.isFinite(number)) {
                return Value.of(new java.math.BigDecimal(number).toBigInteger());
            }
            return Value.of(
                    Numbers.integer(value)
                            .orElseThrow(
                                    () ->
                                            new Fault(
                                                    "a " + Types.name(value) + " for %d",
                                                    "a number")));
        }

        private static Value character(Value value) {
            if (value instanceof Value.Str str && str.text().codePoints() == 1) {
                return str;
            }
            int point = Numbers.index(value);
            if (!Character.isValidCodePoint(point)) {
                throw new Fault(point + " for %c", "a character");
            }
            return Value.own(Character.toString(point));
        }
    }
}
