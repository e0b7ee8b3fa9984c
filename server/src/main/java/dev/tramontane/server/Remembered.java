package dev.tramontane.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The page's answers that can be read along: those that are being written, and those that ended a
/// short while ago, within bounds. Any thread may call.
final class Remembered {
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final long MOST_CHARS = 64L << 20;

    private final Map<String, PageAnswer> known = new HashMap<>();
    private final Deque<Ended> ended = new ArrayDeque<>();
    private long chars;

    private record Ended(PageAnswer answer, long nanos, long chars) {}

    synchronized void put(PageAnswer answer) {
        known.put(answer.id(), answer);
        forget();
    }

    synchronized void ended(PageAnswer answer) {
        long size = answer.log().chars();
        ended.add(new Ended(answer, System.nanoTime(), size));
        chars += size;
        forget();
    }

    private void forget() {
        long now = System.nanoTime();
        while (!ended.isEmpty()
                && (chars > MOST_CHARS || now - ended.peek().nanos() > LONGEST.toNanos())) {
            Ended oldest = ended.remove();
            chars -= oldest.chars();
            known.remove(oldest.answer().id());
        }
    }

    synchronized Optional<PageAnswer> find(String id) {
        return Optional.ofNullable(known.get(id));
    }

    synchronized List<PageAnswer> all() {
        return new ArrayList<>(known.values());
    }
}
