/// Models that are opened when somebody asks, and closed when nobody does or memory is wanted.
///
/// Start with {@link dev.tramontane.server.pool.ModelPool}. Nothing here knows of HTTP.
@org.jspecify.annotations.NullMarked
package dev.tramontane.server.pool;
