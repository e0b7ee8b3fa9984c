package dev.tramontane.train;

/// Computes a policy's log-probabilities and the gradients of losses made of them, over {@link
/// TrainableWeights}: {@link TrainableTransformer} by our kernels, `train-torch` by libtorch on
/// whatever device it finds.
///
/// A back end computes and nothing else. Master weights, optimisers, checkpoints and what an engine
/// reads are the same beside any of them: each pass computes with the weights as they are when it
/// begins, and gradients are added to the weights' own. One thread at a time may call.
public interface PolicyBackend {
    /// The largest batch.
    Limits limits();

    /// Computes the log-probabilities of a batch's scored tokens.
    void score(TrainingBatch batch, TokenScores scores);

    /// Computes the log-probabilities and adds the gradients of a loss to those gathered so far.
    void learn(TrainingBatch batch, TokenLoss loss, TokenScores scores);

    /// The largest batch.
    ///
    /// @param tokens of all sequences
    /// @param sequenceTokens of the longest one
    record Limits(int tokens, int sequenceTokens) {
        public Limits {
            if (sequenceTokens < 1 || tokens < sequenceTokens) {
                throw new IllegalArgumentException(
                        "batches of %d tokens cannot hold sequences of %d; expected at least as many"
                                .formatted(tokens, sequenceTokens));
            }
        }

        /// Refuses a batch that does not fit, or has tokens that are not in the vocabulary.
        public void check(TrainingBatch batch, int vocab) {
            if (batch.tokens().length > tokens) {
                throw new IllegalArgumentException(
                        "a batch of %d tokens, expected at most %d; cut it, or make a larger transformer"
                                .formatted(batch.tokens().length, tokens));
            }
            for (int sequence = 0; sequence < batch.sequences(); sequence++) {
                int length = batch.starts()[sequence + 1] - batch.starts()[sequence];
                if (length > sequenceTokens) {
                    throw new IllegalArgumentException(
                            "sequence %d has %d tokens, expected at most %d; cut it, or make a larger transformer"
                                    .formatted(sequence, length, sequenceTokens));
                }
            }
            for (int token : batch.tokens()) {
                if (token < 0 || token >= vocab) {
                    throw new IllegalArgumentException(
                            "token %d, expected 0 to %d; was it made with another vocabulary?"
                                    .formatted(token, vocab - 1));
                }
            }
        }
    }
}
