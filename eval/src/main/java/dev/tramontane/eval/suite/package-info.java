/// `nano-suite`: problems of several steps, generated without end in nine languages, with their
/// answers and worked traces.
///
/// A {@link dev.tramontane.eval.suite.ProblemFamily} draws operands and computes; `Worked` writes
/// its sums and products out, a look-up, a carry or a copy a line; `Phrases` puts what was drawn
/// into words. {@link dev.tramontane.eval.suite.NanoSuite} keeps training and testing apart: by a
/// hash, one in five of the operands and of the phrasings of a question belong to the test alone;
/// phrasings that came later, in files named `taught`, belong to training alone, and so do a few
/// kinds of questions ({@link dev.tramontane.eval.suite.ProblemFamily#drawTaught}). The trainer
/// learns from the same generators.
///
/// {@link dev.tramontane.eval.suite.TraceCheck} tells whether a thought's sums hold, and whether it
/// is the worked one.
///
/// {@link dev.tramontane.eval.suite.Talk} makes everyday conversations for the trainer; they are no
/// problems and are not measured.
///
/// What is generated depends on the seed and the place in the suite only, never on the machine.
package dev.tramontane.eval.suite;
