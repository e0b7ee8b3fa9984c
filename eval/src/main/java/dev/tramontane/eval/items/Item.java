package dev.tramontane.eval.items;

import dev.tramontane.eval.Reference;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/// One item of a benchmark as it was published: what a prompt may show of it, and its key.
///
/// @param id unique within its benchmark, and the same wherever the items were read
/// @param fields what prompts may name: `question` at least
/// @param key what is right
public record Item(String id, Map<String, String> fields, Key key) {
    /// The field that every item has.
    public static final String QUESTION = "question";

    /// The field of items in several languages: its code, such as `fr`.
    public static final String LANGUAGE = "language";

    /// The field of items of several kinds, such as `function`.
    public static final String KIND = "kind";

    public Item {
        fields = Map.copyOf(fields);
        if (id.isBlank() || fields.getOrDefault(QUESTION, "").isBlank()) {
            throw new IllegalArgumentException(
                    "item " + id + ": an id and a question are needed, one of them is blank");
        }
    }

    /// What is right.
    public sealed interface Key {}

    /// A right answer that does not depend on how the item is shown.
    public record Fixed(Reference reference) implements Key {}

    /// Choices that are shown in another order each time.
    public record Shuffled(String right, List<String> wrong) implements Key {
        public Shuffled {
            wrong = List.copyOf(wrong);
        }
    }

    /// A program's tests, too many to keep: they are read again when an answer is graded.
    public record Stored(Row.Span span) implements Key {
        /// Reads them.
        public Reference.Tests tests() throws IOException {
            return LiveCodeItems.tests(Rows.again(span));
        }
    }
}
