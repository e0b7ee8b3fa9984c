package dev.tramontane.chat;

import java.util.List;
import java.util.Optional;

/// Ends a text where one of some stop texts is complete; a suffix that may still become one is held
/// back. The stop text that is complete first counts, however the text is split.
final class StopTexts {
    private final List<String> stops;
    private String held = "";
    private Optional<String> found = Optional.empty();

    StopTexts(List<String> stops) {
        this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }

    /// Whether a stop text came: nothing more is let through.
    boolean found() {
        return found.isPresent();
    }

    /// The stop text that came.
    Optional<String> text() {
        return found;
    }

    /// Takes more text; returns what is safe to show.
    String append(String more) {
        if (found()) {
            return "";
        }
        if (stops.isEmpty()) {
            return more;
        }
        String text = held + more;
        int start = -1;
        int end = Integer.MAX_VALUE;
        for (String stop : stops) {
            int at = text.indexOf(stop);
            int stopEnd = at + stop.length();
            if (at >= 0 && (stopEnd < end || (stopEnd == end && at < start))) {
                start = at;
                end = stopEnd;
            }
        }
        found = start >= 0 ? Optional.of(text.substring(start, end)) : Optional.empty();
        int safe = found() ? start : unfinished(text);
        held = found() ? "" : text.substring(safe);
        return text.substring(0, safe);
    }

    /// What was held back, when no stop text can come any more.
    String flush() {
        String text = held;
        held = "";
        return text;
    }

    /// Where the longest suffix begins that may become a stop text.
    private int unfinished(String text) {
        int longest = stops.stream().mapToInt(String::length).max().orElse(0);
        for (int at = Math.max(0, text.length() - longest + 1); at < text.length(); at++) {
            for (String stop : stops) {
                if (stop.startsWith(text.substring(at))) {
                    return at;
                }
            }
        }
        return text.length();
    }
}
