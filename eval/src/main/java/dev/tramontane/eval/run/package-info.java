/// A run: attempts at a benchmark's problems, in a log that outlives the process. {@link
/// dev.tramontane.eval.run.EvalRunner} makes them, {@link dev.tramontane.eval.run.EvalLog} keeps
/// them, {@link dev.tramontane.eval.run.Run} is what was read back.
package dev.tramontane.eval.run;
