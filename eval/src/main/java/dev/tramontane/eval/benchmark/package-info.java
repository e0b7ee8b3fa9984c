/// Benchmarks as data: a task file says what to ask, how, how answers are graded, and where the
/// items are. {@link dev.tramontane.eval.benchmark.Catalogue} finds task files, {@link
/// dev.tramontane.eval.benchmark.Benchmark} is one.
package dev.tramontane.eval.benchmark;
