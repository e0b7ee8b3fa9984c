package dev.tramontane.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/// Characters by the sets that they are in: those that no set of an expression tells apart have one
/// column.
final class CharacterColumns {
    private static final int CATEGORIES = Character.FINAL_QUOTE_PUNCTUATION + 1;
    private static final int UNKNOWN = -1;

    private final List<CharacterSet> sets;
    private final int[] borders; // ascending; between two of them sets differ by category alone
    private final int[][] byCategory; // int[borders][CATEGORIES]
    private final byte[] basicPlane = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];
    private final List<BitSet> members = new ArrayList<>();

    CharacterColumns(List<CharacterSet> sets) {
        this.sets = sets;
        borders =
                IntStream.concat(
                                IntStream.of(0, Character.MIN_SUPPLEMENTARY_CODE_POINT),
                                sets.stream()
                                        .flatMap(set -> set.ranges().stream())
                                        .flatMapToInt(
                                                range ->
                                                        IntStream.of(
                                                                range.first(), range.last() + 1)))
                        .sorted()
                        .distinct()
                        .toArray();
        byCategory = new int[borders.length][CATEGORIES];
        for (int border = 0; border < borders.length; border++) {
            Arrays.fill(byCategory[border], UNKNOWN);
            if (borders[border] < basicPlane.length) {
                fillBasicPlane(border);
            } else {
                for (int category = 0; category < CATEGORIES; category++) {
                    columnOf(border, category);
                }
            }
        }
    }

    /// Of each column, the sets that its characters are in.
    List<BitSet> members() {
        return members;
    }

    /// byte[65536], the column of each character of the Basic Multilingual Plane; shared.
    byte[] basicPlane() {
        return basicPlane;
    }

    /// The column of a character above that plane.
    int beyond(int character) {
        int found = Arrays.binarySearch(borders, character);
        return byCategory[found < 0 ? -found - 2 : found][Character.getType(character)];
    }

    private void fillBasicPlane(int border) {
        for (int c = borders[border]; c < borders[border + 1]; c++) {
            basicPlane[c] = (byte) columnOf(border, Character.getType(c));
        }
    }

    private int columnOf(int border, int category) {
        if (byCategory[border][category] == UNKNOWN) {
            var member = new BitSet();
            for (int set = 0; set < sets.size(); set++) {
                member.set(set, sets.get(set).contains(borders[border], category));
            }
            if (!members.contains(member)) {
                members.add(member);
            }
            byCategory[border][category] = members.indexOf(member);
        }
        return byCategory[border][category];
    }
}
