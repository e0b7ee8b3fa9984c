/// The graders: mathematics, choices, programs.
package dev.tramontane.eval.graders;
