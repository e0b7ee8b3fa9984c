/// A person at a terminal: the streams ({@link dev.tramontane.terminal.Stdio}), one line that moves
/// ({@link dev.tramontane.terminal.StatusLine}), what is said when something fails ({@link
/// dev.tramontane.terminal.Failure}), and how a command line of ours behaves ({@link
/// dev.tramontane.terminal.CommandLines}).
package dev.tramontane.terminal;
