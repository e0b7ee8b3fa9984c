package dev.tramontane.server.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.server.Waiting;
import dev.tramontane.server.store.StoreException.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/// A store that cannot be used says why, and loses nothing.
class StoreTest {
    @TempDir private Path folder;

    private Path file() {
        return folder.resolve("store.db");
    }

    private static Store store(StoreSettings settings) {
        return new Store(settings, (_, _) -> {});
    }

    private static void add(Store store, String id, String title) {
        store.write(
                handle ->
                        handle.execute(
                                "INSERT INTO conversations VALUES (?, 'o', ?, 'WORDS', '', 0, 0, NULL, 1, 1)",
                                id,
                                title));
    }

    private static int count(Store store) {
        return store.read(
                handle ->
                        handle.createQuery("SELECT COUNT(*) FROM conversations")
                                .mapTo(Integer.class)
                                .one());
    }

    private static Kind refused(Store store) {
        StoreException refusal = assertThrows(StoreException.class, () -> count(store));
        assertEquals(Optional.of(refusal.kind()), store.failure().map(StoreException::kind));
        return refusal.kind();
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void what_was_written_is_there_when_it_is_opened_again() throws IOException {
        try (Store store = store(StoreSettings.file(file()))) {
            add(store, "a", "First");
        }
        try (Store store = store(StoreSettings.file(file()))) {
            assertEquals(1, count(store));
        }
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    }

    @Test
    void work_that_throws_leaves_nothing() {
        try (Store store = store(StoreSettings.file(file()))) {
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            store.write(
                                    handle -> {
                                        handle.execute(
                                                "INSERT INTO conversations VALUES ('a', 'o', '', 'WORDS', '', 0, 0, NULL, 1, 1)");
                                        throw new IllegalStateException("on purpose");
                                    }));
            assertEquals(0, count(store));
            assertTrue(store.failure().isEmpty(), "it is no fault of the store");
        }
    }

    @Test
    void a_full_disk_refuses_what_is_new_and_keeps_what_there_is() {
        StoreSettings small = StoreSettings.of("jdbc:sqlite:" + file() + "?max_page_count=60");
        try (Store store = store(small)) {
            add(store, "a", "First");
            StoreException refusal =
                    assertThrows(StoreException.class, () -> add(store, "b", "x".repeat(1 << 20)));
            assertEquals(Kind.FULL, refusal.kind());
            assertEquals(1, count(store));
            add(store, "c", "Small");
            assertTrue(store.failure().isEmpty());
        }
    }

    @Test
    void a_file_that_another_program_holds_is_told_as_such() throws SQLException {
        try (Store store = store(StoreSettings.file(file()))) {
            add(store, "a", "First");
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                    Statement statement = connection.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                StoreException refusal =
                        assertThrows(StoreException.class, () -> add(store, "b", "Second"));
                assertEquals(Kind.LOCKED, refusal.kind());
                assertEquals(1, count(store), "who reads does not wait");
                statement.execute("ROLLBACK");
            }
            add(store, "b", "Second");
            assertEquals(2, count(store));
        }
    }

    @Test
    void a_file_that_is_no_database_is_left_alone() throws IOException {
        String text = "This is no database.\n".repeat(100);
        Files.writeString(file(), text);
        try (Store store = store(StoreSettings.file(file()))) {
            assertEquals(Kind.DAMAGED, refused(store));
        }
        assertEquals(text, Files.readString(file()));
    }

    @Test
    void a_newer_schema_is_refused_and_kept() throws SQLException {
        try (Store store = store(StoreSettings.file(file()))) {
            add(store, "a", "First");
        }
        change(
                "INSERT INTO schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1, installed_by, installed_on, 1, success FROM schema_history LIMIT 1");
        try (Store store = store(StoreSettings.file(file()))) {
            assertEquals(Kind.NEWER, refused(store));
        }
        change("DELETE FROM schema_history WHERE installed_rank = 99");
        try (Store store = store(StoreSettings.file(file()))) {
            assertEquals(1, count(store));
        }
    }

    @Test
    void one_that_cannot_be_reached_is_tried_again() throws IOException {
        Path blocked = Files.writeString(folder.resolve("blocked"), "");
        try (Store store = store(StoreSettings.file(blocked.resolve("store.db")))) {
            assertEquals(Kind.UNREACHABLE, refused(store));
            Files.delete(blocked);
            Waiting.until("it is opened", () -> opens(store), opened -> opened);
            assertEquals(0, count(store));
        }
    }

    private static boolean opens(Store store) {
        try {
            return count(store) == 0;
        } catch (StoreException _) {
            return false;
        }
    }

    @Test
    void nobody_listens_there() {
        try (Store store = store(StoreSettings.of("postgresql://u:secret@127.0.0.1:1/none"))) {
            StoreException refusal = assertThrows(StoreException.class, () -> count(store));
            assertEquals(Kind.UNREACHABLE, refusal.kind());
            assertFalse(String.valueOf(refusal.getMessage()).contains("secret"));
        }
    }

    @Test
    void who_opens_it_alone_knows_that_all_others_have_gone() {
        boolean[] alone = new boolean[1];
        try (Store store =
                new Store(StoreSettings.file(file()), (_, isAlone) -> alone[0] = isAlone)) {
            assertEquals(0, count(store));
            assertTrue(alone[0]);
            try (Store other =
                    new Store(StoreSettings.file(file()), (_, isAlone) -> alone[0] = isAlone)) {
                assertEquals(0, count(other));
                assertFalse(alone[0]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://me:se%3Fcret@host:5433/db?sslmode=require, jdbc:postgresql://host:5433/db?user=me&password=se%3Fcret&sslmode=require, jdbc:postgresql://host:5433/db",
        "postgres://host/db, jdbc:postgresql://host/db, jdbc:postgresql://host/db",
        "jdbc:postgresql://host/db?password=x, jdbc:postgresql://host/db?password=x, jdbc:postgresql://host/db",
        "file:///tmp/a.db, jdbc:sqlite:/tmp/a.db, /tmp/a.db",
        "jdbc:sqlite:/tmp/a.db, jdbc:sqlite:/tmp/a.db, /tmp/a.db"
    })
    void an_address_is_read_and_shown_without_its_password(
            String address, String url, String shown) {
        StoreSettings settings = StoreSettings.of(address);
        assertEquals(url, settings.url());
        assertEquals(shown, settings.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://host/db",
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "postgresql://host",
                "postgresql://me:a b@host/db",
                ""
            })
    void another_address_is_refused(String address) {
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> StoreSettings.of(address));
        assertTrue(String.valueOf(refusal.getMessage()).contains("expected file:///FILE or"));
    }
}
