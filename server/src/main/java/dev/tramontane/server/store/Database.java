package dev.tramontane.server.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

import javax.sql.DataSource;

/// An open database, its schema today's.
final class Database implements AutoCloseable {
    private static final int CONNECTIONS = 4;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);
    private static final int SCHEMA_LOCK_TRIES = 10;

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final FileUse use;

    private Database(HikariDataSource pool, FileUse use) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
        // what people wrote must not come into the log with an error
        jdbi.getConfig(StatementExceptions.class)
                .setMessageRendering(StatementExceptions.MessageRendering.NONE);
        this.use = use;
    }

    /// @throws StoreException when it cannot be opened, or is no database of ours
    static Database open(StoreSettings settings, Store.Opening opening) {
        try {
            FileUse use = fileUse(settings);
            try {
                return open(settings, opening, use);
            } catch (IOException | RuntimeException | Error failure) {
                use.close();
                throw failure;
            }
        } catch (IOException | RuntimeException failure) {
            throw StoreException.of(failure);
        }
    }

    private static Database open(StoreSettings settings, Store.Opening opening, FileUse use)
            throws IOException {
        var database = new Database(new HikariDataSource(pooled(settings)), use);
        try {
            migrate(
                    switch (settings.dialect()) {
                        // Flyway reads with one connection while another has begun to write
                        case SQLITE -> sqlite(settings, SQLiteConfig.TransactionMode.DEFERRED);
                        case POSTGRESQL -> database.pool;
                    });
            database.write(
                    handle -> {
                        opening.opened(handle, use.isAlone());
                        return true;
                    });
            use.share();
            return database;
        } catch (IOException | RuntimeException | Error failure) {
            database.pool.close();
            throw failure;
        }
    }

    private static FileUse fileUse(StoreSettings settings) throws IOException {
        return switch (settings.dialect()) {
            case SQLITE -> {
                makeFile(settings.path());
                yield FileUse.of(settings.path());
            }
            case POSTGRESQL -> FileUse.NONE;
        };
    }

    /// Conversations are their owner's alone: nobody else of the machine may read the file, nor
    /// those that SQLite puts beside it, which take over its permissions.
    private static void makeFile(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
        } catch (FileAlreadyExistsException _) { // from before
        } catch (IOException e) {
            throw new StoreException(StoreException.Kind.UNREACHABLE, e);
        }
    }

    /// Refuses a schema that is newer than this program, and brings an older one up to it. Each
    /// step is one transaction: one that fails leaves the database as it was.
    private static void migrate(DataSource source) {
        Flyway flyway =
                Flyway.configure()
                        .dataSource(source)
                        .resourceProvider(new Migrations())
                        .table("schema_history")
                        .lockRetryCount(SCHEMA_LOCK_TRIES)
                        .load();
        MigrationInfo now = flyway.info().current();
        MigrationVersion newest = MigrationVersion.fromVersion(String.valueOf(Migrations.NEWEST));
        if (now != null && now.getVersion() != null && now.getVersion().isNewerThan(newest)) {
            throw new StoreException(StoreException.Kind.NEWER);
        }
        flyway.migrate();
    }

    private static HikariConfig pooled(StoreSettings settings) {
        var config = new HikariConfig();
        config.setPoolName("tramontane-store");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(LONGEST_WAIT.toMillis());
        config.setValidationTimeout(LONGEST_WAIT.toMillis() - 1);
        switch (settings.dialect()) {
            case SQLITE ->
                    config.setDataSource(sqlite(settings, SQLiteConfig.TransactionMode.IMMEDIATE));
            case POSTGRESQL -> {
                config.setJdbcUrl(settings.url());
                String seconds = Long.toString(LONGEST_WAIT.toSeconds());
                config.addDataSourceProperty("connectTimeout", seconds);
                config.addDataSourceProperty("loginTimeout", seconds);
                config.addDataSourceProperty(
                        "socketTimeout", Long.toString(LONGEST_SILENCE.toSeconds()));
                config.addDataSourceProperty("ApplicationName", "tramontane");
            }
        }
        return config;
    }

    /// Readers do not wait for a writer (WAL). A process that dies loses nothing that was written;
    /// with NORMAL, a machine that loses power may lose the last moments, and never the rest.
    private static DataSource sqlite(StoreSettings settings, SQLiteConfig.TransactionMode mode) {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.setBusyTimeout(Math.toIntExact(LONGEST_WAIT.toMillis()));
        config.enforceForeignKeys(true);
        config.setTransactionMode(mode);
        var source = new SQLiteDataSource(config);
        source.setUrl(settings.url());
        return source;
    }

    <T extends @Nullable Object> T read(Store.Work<T> work) {
        return jdbi.withHandle(work::run);
    }

    <T extends @Nullable Object> T write(Store.Work<T> work) {
        return jdbi.inTransaction(work::run);
    }

    @Override
    public void close() {
        pool.close();
        use.close();
    }
}
