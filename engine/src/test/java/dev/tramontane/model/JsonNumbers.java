package dev.tramontane.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where the numbers of a JSON text stand, for tests that overwrite each of them.
record JsonNumbers(String text, List<Place> places) {
    private static final Pattern STRING_OR_NUMBER =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|(?<number>-?\\d[\\d.eE+-]*+)");

    /// What every numeric field is set to: zero, one, and the borders of the machine's types.
    static final List<String> VALUES =
            List.of(
                    "0",
                    "1",
                    "-1",
                    "2147483647",
                    "2147483648",
                    "2147483649",
                    "4294967295",
                    "4294967296",
                    "4294967297",
                    "9223372036854775807",
                    "9223372036854775808",
                    "9223372036854775809",
                    "-9223372036854775808",
                    "18446744073709551616",
                    "1e400",
                    "0.5");

    /// A number's characters.
    record Place(int from, int to) {}

    static JsonNumbers of(String text) {
        List<Place> places = new ArrayList<>();
        Matcher matcher = STRING_OR_NUMBER.matcher(text);
        while (matcher.find()) {
            if (matcher.group("number") != null) {
                places.add(new Place(matcher.start(), matcher.end()));
            }
        }
        return new JsonNumbers(text, places);
    }

    /// The text with another number at a place.
    String with(Place place, String number) {
        return text.substring(0, place.from) + number + text.substring(place.to);
    }
}
