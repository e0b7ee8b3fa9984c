package dev.tramontane.train.grpo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Completions in as few batches of a fixed number of tokens as a greedy packing finds: the longest
/// first, each into the first batch that has room (Magistral 2025, section 3).
final class Microbatches {
    private Microbatches() {}

    /// @param mostTokens of a batch, prompts included
    /// @return each completion once; which of equal length comes first is their order
    static List<List<GrpoLoss.Graded>> pack(List<GrpoLoss.Graded> completions, int mostTokens) {
        List<GrpoLoss.Graded> byLength = new ArrayList<>(completions);
        byLength.sort(Comparator.comparingInt(one -> -one.trajectory().tokens()));
        List<List<GrpoLoss.Graded>> batches = new ArrayList<>();
        List<Integer> room = new ArrayList<>();
        for (GrpoLoss.Graded one : byLength) {
            int tokens = one.trajectory().tokens();
            if (tokens > mostTokens) {
                throw new IllegalArgumentException(
                        "a completion of %d tokens with its prompt, expected %d at most; allow shorter completions or larger batches"
                                .formatted(tokens, mostTokens));
            }
            int batch = 0;
            while (batch < batches.size() && room.get(batch) < tokens) {
                batch++;
            }
            if (batch == batches.size()) {
                batches.add(new ArrayList<>());
                room.add(mostTokens);
            }
            batches.get(batch).add(one);
            room.set(batch, room.get(batch) - tokens);
        }
        return batches;
    }
}
