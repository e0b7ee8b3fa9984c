/// `nano-suite`: problems of several steps, generated without end in nine languages, with their
/// answers and worked traces.
///
/// A {@link dev.tramontane.eval.suite.ProblemFamily} draws operands and computes; `Phrases` puts
/// what it drew into words; {@link dev.tramontane.eval.suite.NanoSuite} keeps training and testing
/// apart: by a hash, some operands and in each language one phrasing of every question belong to
/// the test alone. The trainer learns from the same generators.
///
/// What is generated depends on the seed and the place in the suite only, never on the machine.
package dev.tramontane.eval.suite;
