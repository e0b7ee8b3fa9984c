package dev.tramontane.eval.benchmark;

/// A figure that somebody published about a model.
///
/// @param metric `pass@1`, `maj@64`
/// @param percent as published
/// @param source where it stands
public record PublishedFigure(String model, String metric, double percent, String source) {}
