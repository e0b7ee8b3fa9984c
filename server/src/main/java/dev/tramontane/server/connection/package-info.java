/// Connections that cost a bounded time and a bounded memory, whoever is at the other end.
///
/// Helidon runs each connection on a virtual thread that blocks while it reads and writes, and
/// knows no deadline for either. What is here stands between it and the socket: start with {@link
/// dev.tramontane.server.connection.GuardedConnection}.
package dev.tramontane.server.connection;
