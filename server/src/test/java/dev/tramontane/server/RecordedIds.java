package dev.tramontane.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What differs from one answer to the next, its ids and times, by what a record calls it: an id by
/// its kind and its place, times as 0, timings not at all. Other modules' tests have it from this
/// one's test jar.
public final class RecordedIds {
    private static final Pattern ID =
            Pattern.compile("(chatcmpl-|embd-|resp_|msg_|rs_|fc_|fco_)[0-9a-f]{32}");
    private static final Pattern TIME =
            Pattern.compile("\"(created|created_at|completed_at)\":\\d+");
    private static final Pattern TIMINGS = Pattern.compile(",\"timings\":\\{[^}]*}");

    /// Each id by what the record calls it.
    private final Map<String, String> ids = new LinkedHashMap<>();

    /// An answer as a record has it.
    public String unified(String text) {
        String timeless = TIME.matcher(TIMINGS.matcher(text).replaceAll("")).replaceAll("\"$1\":0");
        return ID.matcher(timeless).replaceAll(id -> name(id.group(), id.group(1)));
    }

    private String name(String id, String kind) {
        for (Map.Entry<String, String> known : ids.entrySet()) {
            if (known.getValue().equals(id)) {
                return known.getKey();
            }
        }
        String name = "%s#%d#".formatted(kind, ids.size() + 1);
        ids.put(name, id);
        return name;
    }

    /// What a record has, with the ids that were told this time.
    public String real(String recorded) {
        String text = recorded;
        for (Map.Entry<String, String> known : ids.entrySet()) {
            text = text.replace(known.getKey(), known.getValue());
        }
        return text;
    }

    /// How many ids were told.
    public int size() {
        return ids.size();
    }
}
