package dev.tramontane.wire;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// How long to wait before another try: twice as long each time, up to a quarter more so that many
/// do not come at once.
///
/// @param first pause
/// @param longest pause, without the quarter
record Backoff(Duration first, Duration longest) {
    private static final long MOST_SECONDS = 1_000_000_000;

    /// @param failures so far, one at least
    Duration after(int failures) {
        long millis = Math.min(first.toMillis() << Math.min(failures - 1, 30), longest.toMillis());
        return Duration.ofMillis(
                millis + ThreadLocalRandom.current().nextLong(Math.max(1, millis / 4)));
    }

    /// What a server asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC
    /// 9110, section 10.2.3).
    static Optional<Duration> asked(HttpHeaders headers, Instant now) {
        return headers.firstValue("retry-after-ms")
                .flatMap(Backoff::number)
                .map(Duration::ofMillis)
                .or(
                        () ->
                                headers.firstValue("Retry-After")
                                        .flatMap(
                                                text ->
                                                        number(text)
                                                                .map(Duration::ofSeconds)
                                                                .or(() -> until(text, now))));
    }

    private static Optional<Long> number(String text) {
        return text.strip().matches("\\d{1,9}")
                ? Optional.of(Math.min(Long.parseLong(text.strip()), MOST_SECONDS))
                : Optional.empty();
    }

    private static Optional<Duration> until(String date, Instant now) {
        try {
            Instant then =
                    ZonedDateTime.parse(date.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant();
            Duration wait = Duration.between(now, then);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeException _) {
            return Optional.empty(); // no date either: as if it asked for nothing
        }
    }
}
