package dev.tramontane.tokenizer;

import dev.tramontane.tokenizer.PiecePattern.Node;

import java.util.ArrayList;
import java.util.List;

/// The expression as instructions; a place is an index into them.
final class PieceProgram {
    /// What a place does.
    sealed interface Step {
        /// Takes a character of the set.
        record Take(int set, int next) implements Step {}

        /// Goes both ways, the first one preferred.
        record Fork(int preferred, int other) implements Step {}

        /// Goes on where no character of the set follows.
        record Look(int set, int next) implements Step {}

        record End(boolean piece) implements Step {}
    }

    private final List<Step> steps = new ArrayList<>();
    private final List<CharacterSet> sets = new ArrayList<>();

    List<Step> steps() {
        return steps;
    }

    /// The sets that steps name by their index.
    List<CharacterSet> sets() {
        return sets;
    }

    /// A place where a match ends, which is a piece or is not.
    int end(boolean piece) {
        return add(new Step.End(piece));
    }

    /// @param next where it goes on behind the node
    /// @return where the node begins
    int compile(Node node, int next) {
        return switch (node) {
            case Node.One(CharacterSet set) -> add(new Step.Take(index(set), next));
            case Node.NotAhead(CharacterSet set) -> add(new Step.Look(index(set), next));
            case Node.Sequence(List<Node> nodes) -> {
                int begin = next;
                for (Node part : nodes.reversed()) {
                    begin = compile(part, begin);
                }
                yield begin;
            }
            case Node.Choice(List<Node> nodes) -> {
                int begin = compile(nodes.getLast(), next);
                for (Node part : nodes.subList(0, nodes.size() - 1).reversed()) {
                    begin = add(new Step.Fork(compile(part, next), begin));
                }
                yield begin;
            }
            case Node.Repeat(Node part, int least, int most) -> repeat(part, least, most, next);
        };
    }

    private int repeat(Node part, int least, int most, int next) {
        int begin = next;
        if (most == PiecePattern.UNLIMITED) {
            int loop = add(new Step.End(false)); // until what it repeats is known
            steps.set(loop, new Step.Fork(compile(part, loop), next));
            begin = loop;
        } else {
            for (int i = least; i < most; i++) {
                begin = add(new Step.Fork(compile(part, begin), next));
            }
        }
        for (int i = 0; i < least; i++) {
            begin = compile(part, begin);
        }
        return begin;
    }

    private int add(Step step) {
        steps.add(step);
        return steps.size() - 1;
    }

    private int index(CharacterSet set) {
        if (!sets.contains(set)) {
            sets.add(set);
        }
        return sets.indexOf(set);
    }
}
