/// What people read of runs. {@link dev.tramontane.eval.report.Summary} is one run in figures,
/// {@link dev.tramontane.eval.report.Comparison} two.
package dev.tramontane.eval.report;
