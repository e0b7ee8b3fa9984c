package dev.tramontane.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts of memory and time as people write them.
final class Amounts {
    private static final Pattern WRITTEN =
            Pattern.compile("(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([A-Za-z]*)");
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String ALWAYS = "always";

    private Amounts() {}

    /// `24GB`, `1.5 GiB`, `1000000`.
    ///
    /// @throws IllegalArgumentException with what was expected
    static long bytes(String text) {
        Matcher parts = WRITTEN.matcher(text.strip());
        if (parts.matches()) {
            long unit =
                    switch (parts.group(2).toLowerCase(Locale.ROOT)) {
                        case "", "b" -> 1L;
                        case "kb", "k" -> 1_000L;
                        case "mb", "m" -> 1_000_000L;
                        case "gb", "g" -> 1_000_000_000L;
                        case "tb", "t" -> 1_000_000_000_000L;
                        case "kib" -> 1L << 10;
                        case "mib" -> 1L << 20;
                        case "gib" -> 1L << 30;
                        case "tib" -> 1L << 40;
                        default -> 0L;
                    };
            BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit));
            if (bytes.signum() > 0 && bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
                return bytes.longValue();
            }
        }
        throw new IllegalArgumentException("an amount of memory such as 24GB or 512MiB");
    }

    /// `90s`, `30m`, `2h`, `1d`, `250ms`; seconds where there is no unit.
    ///
    /// @throws IllegalArgumentException with what was expected
    static Duration time(String text) {
        Matcher parts = WRITTEN.matcher(text.strip());
        if (parts.matches()) {
            long millis =
                    switch (parts.group(2).toLowerCase(Locale.ROOT)) {
                        case "ms" -> 1L;
                        case "", "s" -> 1_000L;
                        case "m", "min" -> 60_000L;
                        case "h" -> 3_600_000L;
                        case "d" -> 86_400_000L;
                        default -> -1L;
                    };
            BigDecimal time = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(millis));
            if (time.signum() >= 0 && time.compareTo(BigDecimal.valueOf(LONGEST.toMillis())) <= 0) {
                return Duration.ofMillis(time.longValue());
            }
        }
        throw new IllegalArgumentException("a time such as 90s, 30m or 2h, of a year at most");
    }

    /// A time, or `always` for no end, which is empty.
    ///
    /// @throws IllegalArgumentException with what was expected
    static Optional<Duration> keepAlive(String text) {
        if (text.equals(ALWAYS)) {
            return Optional.empty();
        }
        try {
            return Optional.of(time(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", or " + ALWAYS, e);
        }
    }

    /// Something as a flag gives it.
    ///
    /// @param <T> what the text stands for
    interface Reader<T> {
        T read(String text);
    }

    /// Reads a flag's value.
    ///
    /// @throws IllegalArgumentException with the flag's name, and what was expected
    static <T> T of(String flag, String text, Reader<T> reader) {
        try {
            return reader.read(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s is %s, expected %s".formatted(flag, text, e.getMessage()), e);
        }
    }
}
