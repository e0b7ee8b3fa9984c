/// The API that people's programs already speak, over models of this machine.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-transitive-automatic") // OpenTelemetry's API has a fixed name, no more
module dev.tramontane.server {
    requires static org.jspecify;
    requires transitive dev.tramontane.wire;
    requires com.zaxxer.hikari;
    requires flyway.core;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.socket;
    requires io.helidon.common.task;
    requires io.helidon.http;
    requires io.helidon.webserver;
    requires transitive io.opentelemetry.api;
    requires io.opentelemetry.context;
    requires java.desktop; // shapes and fonts of PDF
    requires java.management; // what Micrometer tells of the JVM
    requires java.sql;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.apache.commons.logging;
    requires org.apache.fontbox;
    requires org.apache.pdfbox;
    requires org.apache.pdfbox.io;
    requires org.jdbi.v3.core;
    requires org.xerial.sqlitejdbc;

    exports dev.tramontane.server;
}
