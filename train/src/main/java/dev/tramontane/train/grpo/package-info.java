/// Reinforcement learning with graded samples: GRPO as the Magistral report has it (2025, section
/// 2).
///
/// Start with {@link dev.tramontane.train.grpo.GrpoConfig} and {@link
/// dev.tramontane.train.grpo.GrpoLoss}.
package dev.tramontane.train.grpo;
