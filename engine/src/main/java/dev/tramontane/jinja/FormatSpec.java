package dev.tramontane.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's format specifications, `[[fill]align][sign][#][0][width][grouping][.precision][type]`,
/// for strings and numbers.
///
/// @param fill one character
/// @param align `<`, `>`, `^`, `=`, or a space for the type's own
/// @param precision −1 without one
/// @param type a letter, or a space
record FormatSpec(
        String fill,
        char align,
        char sign,
        boolean alternate,
        int width,
        String grouping,
        int precision,
        char type) {
    private static final int WIDEST = 10_000;
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([bcdeEfFgGnosxX%])?",
                    Pattern.DOTALL);

    static FormatSpec parse(String spec) {
        Matcher form = FORM.matcher(spec);
        if (!form.matches()) {
            throw new Fault("the format '" + spec + "'", "one of Python's");
        }
        boolean zero = form.group(5) != null;
        String align = form.group(2);
        String fill = form.group(1);
        int width = form.group(6) == null ? 0 : Integer.parseInt(form.group(6));
        int precision = form.group(8) == null ? -1 : Integer.parseInt(form.group(8));
        if (width > WIDEST || precision > WIDEST) {
            throw new Fault("the format '" + spec + "'", "a width of " + WIDEST + " at most");
        }
        return new FormatSpec(
                fill != null ? fill : zero ? "0" : " ",
                align != null ? align.charAt(0) : zero ? '=' : ' ',
                form.group(3) == null ? '-' : form.group(3).charAt(0),
                form.group(4) != null,
                width,
                form.group(7) == null ? "" : form.group(7),
                precision,
                form.group(9) == null ? ' ' : form.group(9).charAt(0));
    }

    /// `format(value, spec)`.
    Text format(Value value, Spelling spelling) {
        return switch (value) {
            case Value.Bool(boolean truth) when type == ' ' ->
                    width == 0 && align == ' ' && precision < 0
                            ? spelling.str(value)
                            : number(truth ? BigInteger.ONE : BigInteger.ZERO);
            case Value.Int(BigInteger number) -> number(number);
            case Value.Bool(boolean truth) -> number(truth ? BigInteger.ONE : BigInteger.ZERO);
            case Value.Real(double number) -> Text.own(aligned(real(number), '>'));
            case Value.Str str -> text(str.text());
            default -> {
                boolean plain = width == 0 && align == ' ' && precision < 0 && type == ' ';
                if (!plain) {
                    throw new Fault("a format for a " + Types.name(value), "a string or a number");
                }
                yield spelling.str(value);
            }
        };
    }

    private Text text(Text text) {
        if ((type != ' ' && type != 's') || align == '=' || sign != '-' || !grouping.isEmpty()) {
            throw new Fault("the format type " + type + " for a string", "s");
        }
        Text shown =
                precision >= 0 && precision < text.codePoints()
                        ? text.codePoints(0, precision)
                        : text;
        int room = width - shown.codePoints();
        if (room <= 0) {
            return shown;
        }
        int before = align == '>' ? room : align == '^' ? room / 2 : 0;
        return new TextBuilder(Integer.MAX_VALUE)
                .append(fill.repeat(before))
                .append(shown)
                .append(fill.repeat(room - before))
                .toText();
    }

    private Text number(BigInteger number) {
        if ("eEfFgG%".indexOf(type) >= 0) {
            return Text.own(aligned(real(Numbers.real(Value.of(number))), '>'));
        }
        if (precision >= 0) {
            throw new Fault("a precision for an integer", "none");
        }
        if (type == 'c') {
            return Text.own(aligned(Character.toString(number.intValueExact()), '<'));
        }
        int radix =
                switch (type) {
                    case 'x', 'X' -> 16;
                    case 'o' -> 8;
                    case 'b' -> 2;
                    case ' ', 'd', 'n' -> 10;
                    default -> throw new Fault("the format type " + type + " for a number", "d");
                };
        String digits = number.abs().toString(radix);
        String grouped = grouped(digits, radix == 10 ? 3 : 4);
        String prefix = alternate && radix != 10 ? "0" + Character.toLowerCase(type) : "";
        String shown = signOf(number.signum() < 0) + prefix + grouped;
        return Text.own(aligned(type == 'X' ? shown.toUpperCase(Locale.ROOT) : shown, '>'));
    }

    private String signOf(boolean negative) {
        return negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    }

    private String grouped(String digits, int size) {
        if (grouping.isEmpty()) {
            return digits;
        }
        var out = new StringBuilder(digits);
        for (int at = digits.length() - size; at > 0; at -= size) {
            out.insert(at, grouping);
        }
        return out.toString();
    }

    private String real(double number) {
        boolean negative = Double.doubleToRawLongBits(number) < 0 && !Double.isNaN(number);
        double size = Math.abs(number);
        boolean upper = type == 'E' || type == 'F' || type == 'G';
        String digits =
                Double.isFinite(size)
                        ? digits(size)
                        : Double.isNaN(size) ? "nan" : "inf" + (type == '%' ? "%" : "");
        int point = digits.indexOf('.');
        int end = point >= 0 ? point : digits.indexOf('e');
        if (Double.isFinite(size) && !grouping.isEmpty()) {
            int whole = end >= 0 ? end : digits.replace("%", "").length();
            digits = grouped(digits.substring(0, whole), 3) + digits.substring(whole);
        }
        return signOf(negative) + (upper ? digits.toUpperCase(Locale.ROOT) : digits);
    }

    private String digits(double size) {
        int places = precision < 0 ? 6 : precision;
        return switch (type) {
            case 'f', 'F' -> fixed(new BigDecimal(size), places);
            case '%' -> fixed(new BigDecimal(size).movePointRight(2), places) + "%";
            case 'e', 'E' -> scientific(size, places);
            case 'g', 'G', 'n' -> general(size, Math.max(places, 1), false);
            case ' ' ->
                    precision < 0
                            ? PythonFloat.repr(size)
                            : general(size, Math.max(precision, 1), true);
            default -> throw new Fault("the format type " + type + " for a float", "f");
        };
    }

    private String fixed(BigDecimal size, int places) {
        String digits = size.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
        return alternate && places == 0 ? digits + "." : digits;
    }

    private static String scientific(double size, int places) {
        BigDecimal rounded =
                new BigDecimal(size).round(new MathContext(places + 1, RoundingMode.HALF_EVEN));
        String digits =
                size == 0 ? "0".repeat(places + 1) : padded(rounded.unscaledValue(), places + 1);
        int exponent = size == 0 ? 0 : rounded.precision() - 1 - rounded.scale();
        String fraction = places == 0 ? "" : "." + digits.substring(1, places + 1);
        return digits.charAt(0) + fraction + PythonFloat.exponent(exponent);
    }

    private static String padded(BigInteger digits, int length) {
        String text = digits.toString();
        return text + "0".repeat(Math.max(0, length - text.length()));
    }

    /// Fixed between 10⁻⁴ and the precision, else scientific; zeros at the end go.
    private String general(double size, int places, boolean keepsPoint) {
        BigDecimal rounded =
                new BigDecimal(size).round(new MathContext(places, RoundingMode.HALF_EVEN));
        int exponent = size == 0 ? 0 : rounded.precision() - 1 - rounded.scale();
        int most = keepsPoint ? places - 1 : places;
        if (exponent >= -4 && exponent < Math.max(most, keepsPoint ? 1 : most)) {
            String digits = trimmed(fixed(rounded, Math.max(0, places - 1 - exponent)));
            return keepsPoint && digits.indexOf('.') < 0 ? digits + ".0" : digits;
        }
        String digits = scientific(size, places - 1);
        int e = digits.indexOf('e');
        return trimmed(digits.substring(0, e)) + digits.substring(e);
    }

    private String trimmed(String digits) {
        if (alternate || digits.indexOf('.') < 0) {
            return digits;
        }
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
    }

    private String aligned(String shown, char own) {
        int room = width - shown.codePointCount(0, shown.length());
        if (room <= 0) {
            return shown;
        }
        return switch (align == ' ' ? own : align) {
            case '<' -> shown + fill.repeat(room);
            case '^' -> fill.repeat(room / 2) + shown + fill.repeat(room - room / 2);
            case '=' -> {
                int start =
                        shown.startsWith("-") || shown.startsWith("+") || shown.startsWith(" ")
                                ? 1
                                : 0;
                if (shown.startsWith("0x", start)
                        || shown.startsWith("0o", start)
                        || shown.startsWith("0b", start)
                        || shown.startsWith("0X", start)) {
                    start += alternate ? 2 : 0;
                }
                yield shown.substring(0, start) + fill.repeat(room) + shown.substring(start);
            }
            default -> fill.repeat(room) + shown;
        };
    }
}
