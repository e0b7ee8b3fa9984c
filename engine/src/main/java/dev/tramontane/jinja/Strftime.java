package dev.tramontane.jinja;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// `strftime`, in the C locale; `-` after the percent sign leaves zeros and spaces in front away.
final class Strftime {
    private Strftime() {}

    static String format(LocalDateTime time, String format) {
        var out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += bare ? 2 : 1;
            char code = format.charAt(i);
            String text = text(time, code);
            if (text.isEmpty() && "zZ".indexOf(code) < 0) {
                out.append('%').append(bare ? "-" : "").append(code);
            } else {
                out.append(bare ? text.replaceFirst("^[ 0]+(?=.)", "") : text);
            }
        }
        return out.toString();
    }

    /// Empty for what is no code.
    private static String text(LocalDateTime time, char code) {
        int hour = time.getHour();
        int weekday = time.getDayOfWeek().getValue(); // Monday is 1
        return switch (code) {
            case 'Y' -> String.valueOf(time.getYear());
            case 'y' -> two(Math.floorMod(time.getYear(), 100));
            case 'C' -> two(Math.floorDiv(time.getYear(), 100));
            case 'm' -> two(time.getMonthValue());
            case 'd' -> two(time.getDayOfMonth());
            case 'e' -> spaced(time.getDayOfMonth());
            case 'H' -> two(hour);
            case 'k' -> spaced(hour);
            case 'I' -> two(hour % 12 == 0 ? 12 : hour % 12);
            case 'l' -> spaced(hour % 12 == 0 ? 12 : hour % 12);
            case 'M' -> two(time.getMinute());
            case 'S' -> two(time.getSecond());
            case 'f' -> "%06d".formatted(time.getNano() / 1000);
            case 'p' -> hour < 12 ? "AM" : "PM";
            case 'P' -> hour < 12 ? "am" : "pm";
            case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> month(time);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'a' -> day(time);
            case 'j' -> "%03d".formatted(time.getDayOfYear());
            case 'u' -> String.valueOf(weekday);
            case 'w' -> String.valueOf(weekday % 7);
            case 'U' -> two((time.getDayOfYear() + 6 - weekday % 7) / 7);
            case 'W' -> two((time.getDayOfYear() + 6 - (weekday - 1)) / 7);
            case 'V' -> two(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'F' -> format(time, "%Y-%m-%d");
            case 'T', 'X' -> format(time, "%H:%M:%S");
            case 'R' -> format(time, "%H:%M");
            case 'r' -> format(time, "%I:%M:%S %p");
            case 'D', 'x' -> format(time, "%m/%d/%y");
            case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            default -> "";
        };
    }

    private static String month(LocalDateTime time) {
        return time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
    }

    private static String day(LocalDateTime time) {
        return time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH).substring(0, 3);
    }

    private static String two(int number) {
        return "%02d".formatted(number);
    }

    private static String spaced(int number) {
        return "%2d".formatted(number);
    }
}
