/// The API that people's programs already speak, over models of this machine.
@org.jspecify.annotations.NullMarked
module dev.tramontane.server {
    requires static org.jspecify;
    requires transitive dev.tramontane.wire;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.socket;
    requires io.helidon.common.task;
    requires io.helidon.http;
    requires io.helidon.webserver;

    exports dev.tramontane.server;
}
