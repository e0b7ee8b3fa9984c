package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.items.Item;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How an item becomes a question: texts in which `{{question}}` stands for the field of that name.
///
/// @param system a system message; absent leaves the model's own in place
/// @param users by the items' language or kind; one under the empty name where neither matters
public record Prompt(Optional<String> system, Map<String, String> users) {
    /// The field of choices as they are shown, a letter before each.
    static final String CHOICES = "choices";

    private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([A-Za-z_]+)\\s*}}");

    public Prompt {
        users = Map.copyOf(users);
        if (users.isEmpty()) {
            throw new TaskFileException("prompt is missing, expected a text with {{question}}");
        }
    }

    /// The user's message for an item.
    ///
    /// @throws TaskFileException when the text names a field that the item lacks
    String user(Map<String, String> fields) {
        String which = fields.getOrDefault(Item.LANGUAGE, fields.getOrDefault(Item.KIND, ""));
        String template = users.getOrDefault(which, users.getOrDefault("", ""));
        if (template.isEmpty()) {
            throw new TaskFileException(
                    "prompt has no text for %s, expected one; it has %s"
                            .formatted(
                                    which.isEmpty() ? "all items" : which,
                                    String.join(", ", users.keySet().stream().sorted().toList())));
        }
        Matcher place = PLACE.matcher(template);
        var text = new StringBuilder();
        while (place.find()) {
            String value = fields.get(place.group(1));
            if (value == null) {
                throw new TaskFileException(
                        "prompt names {{%s}}, expected a field of the items: %s"
                                .formatted(
                                        place.group(1),
                                        String.join(
                                                ", ", fields.keySet().stream().sorted().toList())));
            }
            place.appendReplacement(text, Matcher.quoteReplacement(value));
        }
        return place.appendTail(text).toString().strip();
    }
}
