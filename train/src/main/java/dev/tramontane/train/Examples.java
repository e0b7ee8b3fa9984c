package dev.tramontane.train;

/// An endless supply of examples, each a function of its number: so a run goes on where it stopped
/// without having kept anything.
public interface Examples {
    /// @param number from 0 on
    Example at(long number);
}
