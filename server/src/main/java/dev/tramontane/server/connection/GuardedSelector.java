package dev.tramontane.server.connection;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;

import java.util.Set;

/// Helidon's HTTP/1.1, behind a {@link GuardedConnection} each.
public final class GuardedSelector implements ServerConnectionSelector {
    private final Http1ConnectionSelector http;
    private final Patience patience;
    private final long mostRequestBytes;
    private final Overseer overseer;

    /// @param mostRequestBytes of one request, all that comes over the wire
    public GuardedSelector(
            Http1Config config, Patience patience, long mostRequestBytes, Overseer overseer) {
        this.http = Http1ConnectionSelector.builder().config(config).build();
        this.patience = patience;
        this.mostRequestBytes = mostRequestBytes;
        this.overseer = overseer;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new GuardedConnection(http, context, patience, mostRequestBytes, overseer);
    }
}
