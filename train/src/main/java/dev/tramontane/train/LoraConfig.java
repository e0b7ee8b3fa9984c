package dev.tramontane.train;

import dev.tramontane.weights.TensorNames.Role;

import java.util.EnumSet;
import java.util.Set;

/// Which matrices learn, and how much room they have: `W' = W + alpha / rank · B · A` (Hu et al.
/// 2021, section 4.1).
///
/// @param rank of the products, from 1 on
/// @param alpha how much they count
/// @param targets matrices that have adapters
public record LoraConfig(int rank, double alpha, Set<Target> targets) {
    private static final int LARGEST_RANK = 1024;

    /// A kind of matrix in every layer.
    public enum Target {
        /// Queries.
        QUERY(Role.QUERY, "q_proj"),
        /// Keys.
        KEY(Role.KEY, "k_proj"),
        /// Values.
        VALUE(Role.VALUE, "v_proj"),
        /// What attention gathered, on its way out.
        OUTPUT(Role.ATTENTION_OUTPUT, "o_proj"),
        /// The gate of the feed-forward network.
        GATE(Role.GATE, "gate_proj"),
        /// Its way up.
        UP(Role.UP, "up_proj"),
        /// Its way down.
        DOWN(Role.DOWN, "down_proj");

        private final Role role;
        private final String moduleName;

        Target(Role role, String moduleName) {
            this.role = role;
            this.moduleName = moduleName;
        }

        /// Its place in the network.
        Role role() {
            return role;
        }

        /// As Hugging Face's code calls it.
        public String moduleName() {
            return moduleName;
        }

        /// Whether it is part of the attention.
        boolean isInAttention() {
            return switch (this) {
                case QUERY, KEY, VALUE, OUTPUT -> true;
                case GATE, UP, DOWN -> false;
            };
        }
    }

    public LoraConfig {
        targets = Set.copyOf(targets);
        if (rank < 1 || rank > LARGEST_RANK || !(alpha > 0) || targets.isEmpty()) {
            throw new IllegalArgumentException(
                    "adapters of rank %d and alpha %s on %d kinds of matrices; expected a rank from 1 to %d, an alpha above 0 and one kind at least"
                            .formatted(rank, alpha, targets.size(), LARGEST_RANK));
        }
    }

    /// All linear layers, with the alpha that is customary: twice the rank.
    public static LoraConfig usual(int rank) {
        return new LoraConfig(rank, 2.0 * rank, EnumSet.allOf(Target.class));
    }

    /// What products are multiplied by.
    public double scale() {
        return alpha / rank;
    }
}
