/// The terminal: one class a command, started by {@link dev.tramontane.cli.Main}.
///
/// picocli fills the annotated fields of the commands by reflection, for which this package is
/// opened to it alone: a flag, its environment variable and its line of help are then written once.
package dev.tramontane.cli;
