package dev.tramontane.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// What somebody probably meant to write.
final class Nearest {
    private Nearest() {}

    /// The known name that a mistyped one is nearest to, if it is near at all: a third of its
    /// letters may be wrong. A name that ends in or begins with what was written is near too.
    static Optional<String> to(String written, Collection<String> known) {
        String wanted = written.toLowerCase(Locale.ROOT);
        int most = Math.max(1, wanted.length() / 3);
        Optional<String> nearest =
                known.stream()
                        .min(Comparator.comparingInt(name -> edits(wanted, lower(name))))
                        .filter(name -> edits(wanted, lower(name)) <= most);
        return nearest.or(
                () ->
                        known.stream()
                                .filter(name -> wanted.length() > 2 && lower(name).contains(wanted))
                                .findFirst());
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /// Letters to insert, remove, change or swap with their neighbour (Damerau 1964).
    static int edits(String from, String to) {
        int[][] distance = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                int least =
                        Math.min(
                                distance[i - 1][j - 1] + change,
                                1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                boolean isSwap =
                        i > 1
                                && j > 1
                                && from.charAt(i - 1) == to.charAt(j - 2)
                                && from.charAt(i - 2) == to.charAt(j - 1);
                distance[i][j] = isSwap ? Math.min(least, distance[i - 2][j - 2] + 1) : least;
            }
        }
        return distance[from.length()][to.length()];
    }
}
