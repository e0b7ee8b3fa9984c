/// What follows from graded attempts: pure functions on numbers, each with its source. A problem is
/// the unit that is drawn; its samples are drawn within it.
package dev.tramontane.eval.stats;
