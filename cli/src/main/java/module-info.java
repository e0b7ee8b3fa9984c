/// The command line.
@org.jspecify.annotations.NullMarked
module dev.tramontane.cli {
    requires static org.jspecify;
    requires dev.tramontane.engine;
    requires dev.tramontane.eval;
    requires dev.tramontane.nano;
    requires dev.tramontane.server;
    requires dev.tramontane.terminal;
    requires dev.tramontane.wire;
    requires info.picocli;
    requires io.opentelemetry.api;
    requires io.opentelemetry.sdk;
    requires io.opentelemetry.sdk.autoconfigure;
    requires io.opentelemetry.sdk.autoconfigure.spi;
    requires java.management;
    requires java.net.http;
    requires jdk.management;
    requires org.jline.reader;
    requires org.snakeyaml.engine;

    provides System.LoggerFinder with
            dev.tramontane.cli.TerminalLogs;

    opens dev.tramontane.cli to
            info.picocli;
}
