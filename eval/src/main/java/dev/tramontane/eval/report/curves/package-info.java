/// Figures that a process tells step by step, as one page of curves. Start with {@link
/// dev.tramontane.eval.report.curves.CurvesPage}.
///
/// It knows nothing of what the steps are: who has them names the figures ({@link
/// dev.tramontane.eval.report.curves.Figure}) and gives the values ({@link
/// dev.tramontane.eval.report.curves.StepCurves}).
package dev.tramontane.eval.report.curves;
