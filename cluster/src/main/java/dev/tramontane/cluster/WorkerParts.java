package dev.tramontane.cluster;

import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.Verifier;

/// What a worker works with.
///
/// @param run what it must have in common with the trainer
/// @param problems the trainer's, made here anew
/// @param generator of completions
/// @param verifier of completions
/// @param weights that the generator samples from
record WorkerParts(
        String run,
        Ledger.Capacity capacity,
        Problems problems,
        Generator generator,
        Verifier verifier,
        WeightsReceiver weights) {}
