/// The command line.
@org.jspecify.annotations.NullMarked
module dev.tramontane.cli {
    requires static org.jspecify;
    requires dev.tramontane.engine;
    requires dev.tramontane.nano;
    requires info.picocli;
    requires org.jline.reader;

    provides System.LoggerFinder with
            dev.tramontane.cli.TerminalLogs;

    opens dev.tramontane.cli to
            info.picocli;
}
