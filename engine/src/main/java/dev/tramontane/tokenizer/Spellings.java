package dev.tramontane.tokenizer;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The special tokens of a vocabulary by how they are written.
final class Spellings {
    private static final int[] NONE = {};

    private final Map<String, Spelling> byText = new HashMap<>();

    /// How long those are that begin with a character, longest first.
    private final Map<Character, int[]> lengths = new HashMap<>();

    /// @param spellings each text once
    Spellings(Collection<Spelling> spellings) {
        spellings.stream()
                .filter(spelling -> !spelling.text().isEmpty())
                .sorted(Comparator.comparingInt(spelling -> -spelling.text().length()))
                .forEach(this::add);
    }

    private void add(Spelling spelling) {
        String text = spelling.text();
        byText.put(text, spelling);
        int[] known = lengths.getOrDefault(text.charAt(0), NONE);
        if (known.length == 0 || known[known.length - 1] != text.length()) {
            int[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = text.length();
            lengths.put(text.charAt(0), more);
        }
    }

    OptionalInt id(String text) {
        Spelling spelling = byText.get(text);
        return spelling == null ? OptionalInt.empty() : OptionalInt.of(spelling.id());
    }

    /// The longest special token whose spelling begins at `text[at]`.
    Optional<Spelling> at(String text, int at) {
        for (int length : lengths.getOrDefault(text.charAt(at), NONE)) {
            if (at + length <= text.length()) {
                Spelling found = byText.get(text.substring(at, at + length));
                if (found != null) {
                    return Optional.of(found);
                }
            }
        }
        return Optional.empty();
    }
}
