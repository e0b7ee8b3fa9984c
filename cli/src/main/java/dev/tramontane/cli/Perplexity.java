package dev.tramontane.cli;

import dev.tramontane.engine.Scorer;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.Arrays;
import java.util.function.IntConsumer;

/// How well a model foretells a text, in the protocol of llama.cpp's `llama-perplexity`, so that
/// figures can be compared.
///
/// The text's tokens, a BOS in front where the model wants one, are cut into windows without
/// overlap; what is left over is dropped. A window's first token is replaced by BOS, and only the
/// tokens of its second half count: those at `window / 2 + 1` and later, foretold from `window / 2`
/// tokens or more.
///
/// @param windows computed windows
/// @param scored tokens that counted
/// @param nll their mean negative log-likelihood, in nats
/// @param nllError its standard error
record Perplexity(int windows, int scored, double nll, double nllError) {
    /// `e^nll`.
    double value() {
        return Math.exp(nll);
    }

    /// The standard error of {@link #value()}.
    double error() {
        return value() * nllError;
    }

    /// The ids of a text, as the protocol cuts them.
    static int[] tokens(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        if (!tokenizer.addBos()) {
            return ids;
        }
        int[] withBos = new int[ids.length + 1];
        withBos[0] = tokenizer.special(SpecialToken.BOS).orElseThrow();
        System.arraycopy(ids, 0, withBos, 1, ids.length);
        return withBos;
    }

    /// Measures.
    ///
    /// @param window tokens in a window, 4 or more
    /// @param progress told the number of finished windows
    /// @throws IllegalArgumentException when the text is shorter than a window
    static Perplexity of(
            Scorer scorer, Tokenizer tokenizer, int[] tokens, int window, IntConsumer progress) {
        if (window < 4) {
            throw new UsageException("the window is " + window + " tokens, expected 4 or more");
        }
        int windows = tokens.length / window;
        if (windows == 0) {
            throw new IllegalArgumentException(
                    "the text has %d tokens, expected %d at least, one window; take a longer text or a smaller --context"
                            .formatted(tokens.length, window));
        }
        double sum = 0;
        double squares = 0;
        int first = window / 2 + 1;
        for (int i = 0; i < windows; i++) {
            int[] ids = Arrays.copyOfRange(tokens, i * window, (i + 1) * window);
            if (tokenizer.addBos()) {
                ids[0] = tokenizer.special(SpecialToken.BOS).orElseThrow();
            }
            double[] logprobs = scorer.logprobs(ids, first);
            for (int at = first; at < window; at++) {
                sum -= logprobs[at];
                squares += logprobs[at] * logprobs[at];
            }
            progress.accept(i + 1);
        }
        int scored = windows * (window - first);
        double mean = sum / scored;
        double variance = squares / scored - mean * mean;
        double error = scored > 1 ? Math.sqrt(Math.max(0, variance) / (scored - 1)) : 0;
        return new Perplexity(windows, scored, mean, error);
    }
}
