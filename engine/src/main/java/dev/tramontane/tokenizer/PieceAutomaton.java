package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.PiecePattern.Node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A {@link PiecePattern} as a deterministic automaton over UTF-8: one table look-up a character,
/// no stack, no going back, and the match that a backtracking engine would find.
///
/// The states are made of the expression's own positions in order of preference (Pike's threads;
/// Cox, *Regular Expression Matching: the Virtual Machine Approach*, 2009), cut off behind a
/// position that has matched. Whether a match ends is decided with the character behind it in view,
/// which is all the looking ahead that the expressions do. Characters that no set of the expression
/// tells apart share a column.
final class PieceAutomaton {
    /// Set in what {@link #match} gives where no piece begins: the text up to there is left over.
    static final int LEFT_OVER = 1 << 31;

    private static final int MOST_STATES = 1 << 12;

    /// In a cell of the table, beside the next state's row.
    private static final int MATCHED = 1 << 30;

    private static final int LEFT = 1 << 29;
    private static final int ROW = LEFT - 1;
    private static final int DEAD = 0;

    private final CharacterColumns columns;
    private final byte[] basicPlane; // the columns of most characters
    private final int width; // columns; the last one is the end of the text
    private final int[] table; // int[states * width]; row 0 is the dead state
    private final int start;

    /// @param pattern the expression whose matches are pieces
    /// @param between an expression for text that is no piece, or nothing: it saves trying each
    ///   character of a long run
    PieceAutomaton(String pattern, String between) {
        var program = new PieceProgram();
        List<Integer> starts = new ArrayList<>();
        starts.add(program.compile(PiecePattern.parse(pattern), program.end(true)));
        if (!between.isEmpty()) {
            starts.add(program.compile(PiecePattern.parse(between), program.end(false)));
        }
        starts.add(program.compile(new Node.One(CharacterSet.ANY), program.end(false)));
        columns = new CharacterColumns(program.sets());
        basicPlane = columns.basicPlane();
        width = columns.members().size() + 1;
        var subsets = new Subsets(program, columns.members());
        start = subsets.start(starts) * width;
        table = subsets.table();
    }

    /// Where the piece that begins at byte `from` ends; or, with {@link #LEFT_OVER}, how far text
    /// reaches that may be none.
    ///
    /// @param text well-formed UTF-8, then at least three bytes of padding
    /// @param end of the text; more than `from`
    int match(byte[] text, int from, int end) {
        int row = start;
        int found = from;
        int at = from;
        while (true) {
            int cell;
            int next = at + 1;
            if (at >= end) {
                cell = table[row + width - 1];
            } else if (text[at] >= 0) {
                cell = table[row + basicPlane[text[at]]];
            } else {
                next = at + Utf8.length(text[at]);
                cell = table[row + column(text, at)];
            }
            if ((cell & (MATCHED | LEFT)) != 0) {
                found = (cell & LEFT) != 0 ? at | LEFT_OVER : at;
            }
            row = cell & ROW;
            if (row == DEAD) {
                return found;
            }
            at = next;
        }
    }

    private int column(byte[] text, int at) {
        int lead = text[at];
        int second = text[at + 1] & 0x3F;
        if ((lead & 0xFF) < 0xE0) {
            return basicPlane[((lead & 0x1F) << 6) | second];
        }
        int third = text[at + 2] & 0x3F;
        if ((lead & 0xFF) < 0xF0) {
            return basicPlane[((lead & 0x0F) << 12) | (second << 6) | third];
        }
        int c = ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (text[at + 3] & 0x3F);
        return columns.beyond(c);
    }

    /// Makes states of lists of places, each the state's threads in order of preference.
    private static final class Subsets {
        private final PieceProgram program;
        private final List<BitSet> columns;
        private final Map<List<Integer>, Integer> states = new HashMap<>();
        private final List<List<Integer>> places = new ArrayList<>();

        Subsets(PieceProgram program, List<BitSet> columns) {
            this.program = program;
            this.columns = columns;
            state(List.of());
        }

        int start(List<Integer> begins) {
            Set<Integer> reached = new LinkedHashSet<>();
            begins.forEach(place -> follow(place, reached));
            return state(threads(reached));
        }

        private int state(List<Integer> threads) {
            return states.computeIfAbsent(
                    threads,
                    added -> {
                        if (places.size() == MOST_STATES) {
                            throw new IllegalArgumentException(
                                    "the expression has too many states");
                        }
                        places.add(added);
                        return places.size() - 1;
                    });
        }

        int[] table() {
            int width = columns.size() + 1;
            int[] table = new int[width];
            for (int state = 1; state < places.size(); state++) {
                table = Arrays.copyOf(table, (state + 1) * width);
                for (int column = 0; column < columns.size(); column++) {
                    table[state * width + column] = cell(state, columns.get(column), width);
                }
                table[state * width + width - 1] = cell(state, new BitSet(), width);
            }
            return table;
        }

        /// @param next the sets that the next character is in; none at the end of the text
        private int cell(int state, BitSet next, int width) {
            Set<Integer> after = new LinkedHashSet<>();
            for (int place : resolved(places.get(state), next)) {
                switch (program.steps().get(place)) {
                    case PieceProgram.Step.Take(int set, int then) -> {
                        if (next.get(set)) {
                            follow(then, after);
                        }
                    }
                    case PieceProgram.Step.End(boolean piece) -> {
                        return (state(threads(after)) * width) | (piece ? MATCHED : LEFT);
                    }
                    case PieceProgram.Step.Fork _, PieceProgram.Step.Look _ -> {}
                }
            }
            return state(threads(after)) * width;
        }

        /// The threads with what they look ahead at decided.
        private Set<Integer> resolved(List<Integer> threads, BitSet next) {
            Set<Integer> decided = new LinkedHashSet<>();
            for (int place : threads) {
                if (program.steps().get(place)
                        instanceof PieceProgram.Step.Look(int set, int then)) {
                    if (!next.get(set)) {
                        follow(then, decided);
                    }
                } else {
                    decided.add(place);
                }
            }
            return decided;
        }

        /// What takes a character or ends, and nothing behind what surely ends.
        private List<Integer> threads(Set<Integer> places) {
            List<Integer> threads = new ArrayList<>();
            for (int place : places) {
                switch (program.steps().get(place)) {
                    case PieceProgram.Step.Take _, PieceProgram.Step.Look _ -> threads.add(place);
                    case PieceProgram.Step.End _ -> {
                        threads.add(place);
                        return threads;
                    }
                    case PieceProgram.Step.Fork _ -> {}
                }
            }
            return threads;
        }

        /// Goes to all places from here that take no character.
        private void follow(int place, Set<Integer> reached) {
            if (!reached.add(place)) {
                return;
            }
            if (program.steps().get(place)
                    instanceof PieceProgram.Step.Fork(int preferred, int other)) {
                follow(preferred, reached);
                follow(other, reached);
            }
        }
    }
}
