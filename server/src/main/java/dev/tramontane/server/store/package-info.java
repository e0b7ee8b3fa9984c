/// The one database: a file of SQLite, or PostgreSQL by its address. Start with {@link
/// dev.tramontane.server.store.Store}.
@org.jspecify.annotations.NullMarked
package dev.tramontane.server.store;
