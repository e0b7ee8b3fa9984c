package dev.tramontane.engine;

import dev.tramontane.model.ModelShape;

import java.time.Duration;

/// How fast this machine will run a model, from a short measurement of its kernels on made-up
/// weights of the model's types and shapes ({@link SpeedMeasurement}).
///
/// A step takes a time of its own and, since attention looks at all that came before, one for each
/// position before it.
///
/// @param kernels what would compute
/// @param decode one token
/// @param prefill a step of `prefillTokens` tokens, the last of which is sampled
/// @param prefillTokens tokens of a measured step of reading
public record SpeedForecast(String kernels, Step decode, Step prefill, int prefillTokens) {
    /// Measures for a shape, with the kernels that the options would choose.
    ///
    /// @param about how long it may take; slow machines take longer
    @SuppressWarnings("exports") // a workshop door
    public static SpeedForecast measure(ModelShape shape, EngineOptions options, Duration about) {
        return SpeedMeasurement.of(shape, options, about.toNanos());
    }

    /// @param seconds at the first position
    /// @param secondsForAPosition more, for each position before
    public record Step(double seconds, double secondsForAPosition) {
        double at(double position) {
            return seconds + secondsForAPosition * position;
        }
    }

    /// Tokens generated in a second when so many positions are taken.
    public double decodeTokensPerSecond(int positions) {
        return 1 / decode.at(positions);
    }

    /// Tokens read in a second, on average over a prompt of this length.
    public double prefillTokensPerSecond(int promptTokens) {
        // Attention within a step is part of the step's own time.
        return prefillTokens / prefill.at(Math.max(0, promptTokens - prefillTokens) / 2.0);
    }

    /// The part of a generated token's time that attention to earlier positions takes.
    public double attentionShare(int positions) {
        return decode.secondsForAPosition() * positions / decode.at(positions);
    }
}
