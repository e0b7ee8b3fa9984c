/// Reinforcement learning with graded samples: GRPO as the Magistral report has it (2025, section
/// 2).
///
/// Start with {@link dev.tramontane.train.grpo.GrpoTrainer}: a step is the algorithm. It learns
/// from groups of completions that a {@link dev.tramontane.train.grpo.RolloutSource} has sampled
/// through an engine ({@link dev.tramontane.train.grpo.Rollouts}) and graded ({@link
/// dev.tramontane.train.grpo.Verifier}).
package dev.tramontane.train.grpo;
