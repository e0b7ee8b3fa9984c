package dev.tramontane.train.grpo;

/// An endless supply of problems, each a function of its number: so a run goes on where it stopped
/// without having kept anything.
public interface Problems {
    /// @param number from 0 on
    Question at(long number);
}
