package dev.tramontane.train.command;

import dev.tramontane.kernels.Workers;
import dev.tramontane.train.AdamW;
import dev.tramontane.train.Muon;
import dev.tramontane.train.Optimizer;
import dev.tramontane.train.Schedule;
import dev.tramontane.train.Trainable;
import dev.tramontane.train.kernels.Precision;

import java.lang.foreign.Arena;

/// How fast weights move.
///
/// @param schedule of the rate; it says how many steps there are
/// @param mostGradientNorm beyond which a gradient is shortened
/// @param weightDecay share of the rate by which weights shrink
/// @param batchTokens computed at a time
/// @param seed of everything that is drawn
record Learning(
        Method method,
        Schedule schedule,
        double mostGradientNorm,
        float weightDecay,
        int batchTokens,
        int threads,
        long seed) {
    /// Who makes steps of gradients.
    enum Method {
        MUON,
        ADAMW
    }

    /// @param usualRate where the file has none
    static Learning read(Settings settings, double usualRate, Method usual) {
        int steps = settings.whole("steps", 1);
        int warmup = settings.whole("warmup-steps", Math.min(100, steps / 10), 0);
        int decay = settings.whole("decay-steps", (int) (0.45 * (steps - warmup)), 0);
        double rate = settings.positive("rate", usualRate);
        return new Learning(
                settings.word("optimizer", usual, Method.class),
                settings.made(() -> new Schedule(rate, warmup, steps, decay)),
                settings.positive("gradient-norm", 1),
                (float) settings.upTo("weight-decay", 0, 1),
                settings.whole("batch-tokens", 2048, 1),
                settings.whole("threads", Runtime.getRuntime().availableProcessors(), 1),
                settings.whole("seed", 1, 0));
    }

    Optimizer optimizer(Trainable weights, Workers workers, Precision precision, Arena arena) {
        var usual = AdamW.Settings.USUAL;
        var adamW = new AdamW.Settings(usual.beta1(), usual.beta2(), usual.eps(), weightDecay);
        return switch (method) {
            case ADAMW -> new AdamW(weights, workers, adamW, arena);
            case MUON ->
                    new Muon(
                            weights,
                            workers,
                            new Muon.Settings(Muon.Settings.USUAL.momentum(), weightDecay, adamW),
                            precision,
                            arena);
        };
    }
}
