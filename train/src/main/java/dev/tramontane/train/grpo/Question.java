package dev.tramontane.train.grpo;

import dev.tramontane.eval.Problem;

import java.util.Optional;

/// A problem as a policy is asked it.
///
/// @param prompt its tokens, the format's marks included; shared, not to be changed
/// @param language ISO 639-1, where whoever made the problem knows it; else it is guessed
public record Question(Problem problem, int[] prompt, Optional<String> language) {}
