package dev.tramontane.train.grpo;

/// Says what completions have earned. Safe for any number of threads.
public interface Verifier {
    Reward verify(Question question, Trajectory trajectory);
}
