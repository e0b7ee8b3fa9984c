/// What a run says at each step: kept in a log of lines ({@link
/// dev.tramontane.train.steps.StepLog}) that outlives the process, and drawn as curves ({@link
/// dev.tramontane.train.steps.RunCurves}).
package dev.tramontane.train.steps;
