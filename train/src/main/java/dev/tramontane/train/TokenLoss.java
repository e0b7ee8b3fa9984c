package dev.tramontane.train;

/// A loss that is a sum over scored tokens, each term a function of the token's log-probability.
public interface TokenLoss {
    /// The derivative of the loss by the log-probability of a scored token.
    ///
    /// @param index of the token among the batch's scored ones
    /// @param logProb its log-probability now
    double slope(int index, double logProb);
}
