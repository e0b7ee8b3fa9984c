package dev.tramontane.eval.benchmark;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.items.Item;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Choices in the order in which one attempt sees them: a shuffle that depends on the problem and
/// the sample alone, so that no letter is favoured and every run shows the same.
///
/// @param texts in the order shown
/// @param right index of the right one
record ShownChoices(List<String> texts, int right) {
    ShownChoices {
        texts = List.copyOf(texts);
    }

    /// Empty where an item has no choices to shuffle.
    static Optional<ShownChoices> of(Item item, int sample) {
        if (!(item.key() instanceof Item.Shuffled(String right, List<String> wrong))) {
            return Optional.empty();
        }
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i <= wrong.size(); i++) {
            order.add(i);
        }
        Collections.shuffle(order, new Random(Seeds.of(0, item.id(), sample, "choices")));
        List<String> texts = order.stream().map(i -> i == 0 ? right : wrong.get(i - 1)).toList();
        return Optional.of(new ShownChoices(texts, order.indexOf(0)));
    }

    /// `A) …`, a line for each.
    String text() {
        var lines = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            lines.append(i == 0 ? "" : "\n")
                    .append((char) ('A' + i))
                    .append(") ")
                    .append(texts.get(i));
        }
        return lines.toString();
    }

    Reference.Choice reference() {
        return new Reference.Choice((char) ('A' + right), texts);
    }
}
