package dev.tramontane.server.store;

import org.sqlite.SQLiteException;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/// The store did not do what it was asked; nothing of it was done.
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /// What is wrong, and whether it may pass by itself.
    public enum Kind {
        /// No room is left.
        FULL("has no room left; free some on its disk", false),
        /// Somebody else holds it.
        LOCKED("is held by another program for long; try again, or end that program", true),
        /// It cannot be reached, or not be written.
        UNREACHABLE(
                "cannot be reached or written now; see that it runs, and that this server may use it",
                true),
        /// It was written by a newer version.
        NEWER(
                "was written by a newer version of Tramontane; use that version, or another store",
                false),
        /// It is no database, or a broken one.
        DAMAGED("is no database, or a damaged one; bring back a copy, or name another file", false),
        /// Too much is asked of it at once.
        BUSY("is asked more than it can do at once; try again", true),
        /// It is closed, as the server stops.
        CLOSED("is closed, as the server stops; try again when it is back", true),
        /// Something nobody expected.
        FAILED("failed, and the server's log says why; ask its operator", false);

        private final String text;
        private final boolean passes;

        Kind(String text, boolean passes) {
            this.text = text;
            this.passes = passes;
        }

        /// Whether it helps to ask again.
        public boolean passes() {
            return passes;
        }
    }

    StoreException(Kind kind, Throwable cause) {
        super("the store of conversations " + kind.text, cause);
        this.kind = kind;
    }

    StoreException(Kind kind) {
        super("the store of conversations " + kind.text);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// What a failure of a driver, the pool or the migrations means.
    static StoreException of(Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        Kind kind = Kind.FAILED;
        for (Throwable cause = failure;
                cause != null && seen.add(cause);
                cause = cause.getCause()) {
            if (cause instanceof StoreException known) {
                return known;
            }
            if (cause instanceof IOException && kind == Kind.FAILED) {
                kind = Kind.UNREACHABLE;
            }
            if (cause instanceof SQLException told) {
                Kind found =
                        told instanceof SQLiteException sqlite
                                ? ofSqlite(sqlite)
                                : ofState(String.valueOf(told.getSQLState()));
                kind = found == Kind.FAILED ? kind : found;
            }
        }
        return new StoreException(kind, failure);
    }

    /// SQLite's result codes; the extended ones have the code in their lowest byte.
    private static Kind ofSqlite(SQLiteException failure) {
        return switch (failure.getResultCode().code & 0xff) {
            case 13 -> Kind.FULL;
            case 5, 6 -> Kind.LOCKED;
            case 3, 8, 10, 14 -> Kind.UNREACHABLE; // permission, read-only, I/O, cannot open
            case 11, 26 -> Kind.DAMAGED;
            default -> Kind.FAILED;
        };
    }

    /// The classes of SQL states, of which PostgreSQL's manual has a list.
    private static Kind ofState(String state) {
        return switch (state) {
            case "53100" -> Kind.FULL;
            case "55P03", "40P01", "40001", "57014" -> Kind.LOCKED;
            default -> state.matches("(08|28|3D|53|57|25).*|null") ? Kind.UNREACHABLE : Kind.FAILED;
        };
    }
}
