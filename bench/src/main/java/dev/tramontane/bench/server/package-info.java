/// How fast the server is: beside its own engine, and beside llama-server. Start with {@link
/// dev.tramontane.bench.server.ServerFigures}.
package dev.tramontane.bench.server;
