package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

class ModelStoreTest {
    private static final ModelName NAME = new ModelName("Owner/Repo:Q4_0");

    private Path home = Path.of("");
    private ModelStore store = ModelStore.at(home);

    @BeforeEach
    void make_a_store(@TempDir Path folder) {
        home = folder;
        store = ModelStore.at(folder.resolve("models"));
    }

    private Path file(String name, String content) throws IOException {
        Files.createDirectories(home.resolve("outside"));
        return Files.writeString(home.resolve("outside").resolve(name), content);
    }

    private StoredModel importOne(ModelName name, String content) throws IOException {
        return store.importFiles(
                name,
                "here",
                List.of(file("a.gguf", content), file("tekken.json", "{}")),
                "a.gguf",
                ModelStore.Transfer.COPY,
                _ -> {});
    }

    private Path homeOf(ModelName name) {
        return store.root().resolve(name.folder());
    }

    @Test
    void what_is_imported_is_found_again_with_lengths_and_digests() throws IOException {
        var bytes = new AtomicLong();
        store.importFiles(
                NAME,
                "here",
                List.of(file("a.gguf", "abc")),
                "a.gguf",
                ModelStore.Transfer.COPY,
                bytes::addAndGet);
        StoredModel found = ModelStore.at(store.root()).find(NAME).orElseThrow();
        assertEquals(3, bytes.get());
        assertEquals("Owner/Repo:Q4_0", found.name().text());
        assertEquals("here", found.source());
        assertEquals(
                List.of(
                        new StoredFile(
                                "a.gguf",
                                3,
                                // FIPS 180-2, appendix B.1
                                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")),
                found.files());
        assertEquals("abc", Files.readString(found.path()));
        assertEquals("Repo", String.valueOf(found.folder().getFileName()));
    }

    @Test
    void a_store_that_does_not_exist_is_empty() throws IOException {
        assertEquals(List.of(), store.names());
        assertEquals(List.of(), store.unfinished());
        assertEquals(Optional.empty(), store.find(NAME));
        assertFalse(store.remove(NAME));
        assertFalse(Files.exists(store.root()));
    }

    @Test
    void the_case_of_letters_does_not_matter_and_is_kept() throws IOException {
        importOne(NAME, "abc");
        assertEquals(NAME, store.find(new ModelName("owner/repo:q4_0")).orElseThrow().name());
        assertEquals(List.of(NAME), store.names());
    }

    @Test
    void a_name_without_its_tag_finds_the_models_it_may_mean() throws IOException {
        importOne(NAME, "abc");
        importOne(new ModelName("owner/repo:q8_0"), "abcd");
        importOne(new ModelName("owner/repository:q8_0"), "abcd");
        assertEquals(2, store.matching(new ModelName("owner/repo")).size());
        assertEquals(1, store.matching(new ModelName("owner/repo:q8_0")).size());
        assertEquals(0, store.matching(new ModelName("owner/rep")).size());
    }

    @Test
    void a_name_that_is_taken_is_not_taken_again() throws IOException {
        importOne(NAME, "abc");
        var refusal = assertThrows(FileSystemException.class, () -> importOne(NAME, "other"));
        assertTrue(refusal.toString().contains("choose another name"), refusal.getMessage());
        assertEquals("abc", Files.readString(store.find(NAME).orElseThrow().path()));
    }

    @Test
    void an_import_that_fails_leaves_nothing() throws IOException {
        Path missing = home.resolve("missing.gguf");
        assertThrows(
                IOException.class,
                () ->
                        store.importFiles(
                                NAME,
                                "here",
                                List.of(file("a.gguf", "abc"), missing),
                                "a.gguf",
                                ModelStore.Transfer.COPY,
                                _ -> {}));
        assertEquals(Optional.empty(), store.find(NAME));
        assertEquals(List.of(), store.unfinished());
    }

    @Test
    void a_link_shares_the_bytes_and_a_copy_does_not() throws IOException {
        Path original = file("a.gguf", "abc");
        var name = new ModelName("linked");
        StoredModel linked =
                store.importFiles(
                        name,
                        "here",
                        List.of(original),
                        "a.gguf",
                        ModelStore.Transfer.LINK,
                        _ -> {});
        StoredModel second = store.copy(linked, new ModelName("second"), _ -> {});
        StoredModel copied = importOne(new ModelName("copied"), "abc");
        assertTrue(Files.isSameFile(original, linked.path()));
        assertTrue(Files.isSameFile(original, second.path()));
        assertFalse(Files.isSameFile(original, copied.path()));
    }

    @Test
    void two_files_of_the_same_bytes_are_two_files() throws IOException {
        StoredModel model =
                store.importFiles(
                        NAME,
                        "here",
                        List.of(file("a.gguf", "same"), file("b.json", "same")),
                        "a.gguf",
                        ModelStore.Transfer.COPY,
                        _ -> {});
        assertEquals("same", Files.readString(model.folder().resolve("a.gguf")));
        assertEquals("same", Files.readString(model.folder().resolve("b.json")));
        assertEquals(List.of(), store.unfinished());
    }

    @Test
    void removing_one_of_two_names_keeps_the_other() throws IOException {
        StoredModel first = importOne(NAME, "abc");
        StoredModel second = store.copy(first, new ModelName("second"), _ -> {});
        assertTrue(store.remove(NAME));
        assertEquals(Optional.empty(), store.find(NAME));
        assertFalse(Files.exists(homeOf(NAME)));
        assertEquals("abc", Files.readString(second.path()));
    }

    @Test
    void a_model_that_is_replaced_keeps_its_old_bytes_for_its_readers() throws IOException {
        StoredModel old = importOne(NAME, "old content");
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(old.path())) {
            var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            Path replacement = file("b.gguf", "new");
            try (Staging staging = store.stage(NAME)) {
                StoredFile copied = staging.copy(replacement, "b.gguf", _ -> {});
                store.install(staging, NAME, "there", Optional.of("2"), "b.gguf", List.of(copied));
            }
            byte[] still = mapped.toArray(ValueLayout.JAVA_BYTE);
            assertArrayEquals("old content".getBytes(StandardCharsets.UTF_8), still);
        }
        StoredModel now = store.find(NAME).orElseThrow();
        assertEquals("new", Files.readString(now.path()));
        assertEquals(Optional.of("2"), now.revision());
        assertFalse(Files.exists(old.path()));
        try (Stream<Path> entries = Files.list(homeOf(NAME))) {
            assertEquals(2, entries.count(), "one content and its manifest");
        }
    }

    @Test
    void while_one_changes_a_model_another_cannot() throws IOException {
        try (Staging _ = store.stage(NAME)) {
            var refusal = assertThrows(FileSystemException.class, () -> store.stage(NAME));
            assertTrue(
                    refusal.toString().contains("process " + ProcessHandle.current().pid()),
                    refusal.getMessage());
        }
        try (Staging again = store.stage(NAME)) {
            assertFalse(Files.exists(again.whole("0".repeat(64))));
        }
    }

    @Test
    void another_process_cannot_either_whoever_was_refused_in_this_one() throws Exception {
        try (Staging _ = store.stage(NAME)) {
            assertThrows(FileSystemException.class, () -> store.stage(NAME));
            assertEquals(OtherProcess.REFUSED, statusOfOther());
        }
        assertEquals(0, statusOfOther());
    }

    private int statusOfOther() throws IOException, InterruptedException {
        String paths =
                String.join(
                        File.pathSeparator,
                        System.getProperty("java.class.path"),
                        System.getProperty("jdk.module.path", ""),
                        Path.of("target", "test-classes").toAbsolutePath().toString());
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        paths,
                        OtherProcess.class.getName(),
                        store.root().toString(),
                        NAME.text())
                .inheritIO()
                .start()
                .waitFor();
    }

    @Test
    void an_installation_that_fails_keeps_what_was_fetched() throws IOException {
        Path inTheWay = Files.createDirectories(homeOf(NAME).resolve(Manifest.FILE).resolve("a"));
        List<StoredFile> files;
        try (Staging staging = store.stage(NAME)) {
            List<StoredFile> all = gathered(staging);
            assertThrows(IOException.class, () -> install(staging, all));
            assertGathered(staging, all);
            files = all;
        }
        Files.delete(inTheWay);
        Files.delete(homeOf(NAME).resolve(Manifest.FILE));
        try (Staging again = store.stage(NAME)) {
            install(again, files);
        }
        assertEquals("abc", Files.readString(store.find(NAME).orElseThrow().path()));
    }

    private List<StoredFile> gathered(Staging staging) throws IOException {
        return List.of(
                staging.copy(file("a", "abc"), "a", _ -> {}),
                staging.copy(file("b", "abc"), "b", _ -> {}),
                staging.copy(file("c", "{}"), "c", _ -> {}));
    }

    private StoredModel install(Staging staging, List<StoredFile> files) throws IOException {
        return store.install(staging, NAME, "there", Optional.empty(), "b", files);
    }

    private static void assertGathered(Staging staging, List<StoredFile> files) throws IOException {
        assertEquals("abc", Files.readString(staging.whole(files.getFirst().sha256())));
        assertEquals("{}", Files.readString(staging.whole(files.getLast().sha256())));
    }

    /// What a process leaves that dies before the manifest is in its place.
    @Test
    void an_installation_that_was_cut_short_is_taken_back_by_who_comes_next() throws IOException {
        Path incoming = store.root().resolve(".incoming").resolve(NAME.folder());
        for (boolean moved : new boolean[] {true, false}) {
            List<StoredFile> files;
            StoredModel model;
            try (Staging staging = store.stage(NAME)) {
                files = gathered(staging);
                model = install(staging, files);
            }
            Files.createDirectories(incoming);
            Files.move(homeOf(NAME).resolve(Manifest.FILE), incoming.resolve(Manifest.FILE));
            if (!moved) {
                Path content = homeOf(NAME).relativize(model.folder()).getName(0);
                Files.move(homeOf(NAME).resolve(content), incoming.resolve(content));
                Path named = incoming.resolve(homeOf(NAME).relativize(model.folder()));
                Files.move(named.resolve("c"), incoming.resolve(files.getLast().sha256()));
            }
            assertEquals(List.of(), store.names());
            assertTrue(store.unfinished().getFirst().name().isSameAs(NAME));
            try (Staging next = store.stage(NAME)) {
                assertGathered(next, files);
                install(next, List.of(files.get(1), files.getLast()));
            }
            assertEquals("abc", Files.readString(store.find(NAME).orElseThrow().path()));
            assertEquals(List.of(), store.unfinished());
            assertTrue(store.remove(NAME));
        }
    }

    @Test
    void what_was_gathered_stays_until_it_is_installed_or_removed() throws IOException {
        String digest = "ab".repeat(32);
        try (Staging staging = store.stage(NAME)) {
            Files.writeString(staging.part(digest), "half");
        }
        assertEquals(4, store.unfinished().getFirst().bytes());
        assertTrue(store.unfinished().getFirst().name().isSameAs(NAME));
        assertEquals(List.of(), store.names());
        assertTrue(store.remove(NAME));
        assertEquals(List.of(), store.unfinished());
    }

    @Test
    void verify_names_the_damaged_and_the_missing_file() throws IOException {
        StoredModel model = importOne(NAME, "abc");
        assertTrue(
                store.verify(NAME, _ -> {}).stream()
                        .allMatch(check -> check.state() == ModelStore.State.WHOLE));
        Files.writeString(model.path(), "abd");
        Files.delete(model.folder().resolve("tekken.json"));
        assertEquals(
                List.of(ModelStore.State.DAMAGED, ModelStore.State.MISSING),
                store.verify(NAME, _ -> {}).stream().map(ModelStore.Check::state).toList());
    }

    @Test
    void a_missing_file_is_said_when_the_model_is_looked_up() throws IOException {
        StoredModel model = importOne(NAME, "abc");
        Files.delete(model.folder().resolve("tekken.json"));
        var refusal = assertThrows(ModelFormatException.class, () -> store.find(NAME));
        assertTrue(refusal.toString().contains("tekken.json"), refusal.getMessage());
        assertEquals(1, store.names().size());
    }

    @Test
    void a_file_that_became_a_link_to_elsewhere_is_refused() throws IOException {
        StoredModel model = importOne(NAME, "abc");
        Path secret = file("secret", "abc");
        Files.delete(model.path());
        Files.createSymbolicLink(model.path(), secret);
        assertThrows(ModelFormatException.class, () -> store.find(NAME));
        assertEquals(ModelStore.State.MISSING, store.verify(NAME, _ -> {}).getFirst().state());
    }

    @Test
    void a_folder_that_became_a_link_to_elsewhere_is_refused_and_not_followed_by_removal()
            throws IOException {
        StoredModel model = importOne(NAME, "abc");
        Path outside = home.resolve("elsewhere");
        Files.move(model.folder(), outside);
        Files.createSymbolicLink(model.folder(), outside);
        var refusal = assertThrows(ModelFormatException.class, () -> store.find(NAME));
        assertTrue(refusal.toString().contains("a link to a place outside"), refusal.toString());
        assertTrue(store.remove(NAME));
        assertEquals("abc", Files.readString(outside.resolve("a.gguf")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../outside/secret",
                "/etc/passwd",
                "..",
                "a\\\\b",
                "C:x",
                "nul",
                ".part",
                "a.",
                "sub/file"
            })
    void a_manifest_cannot_name_a_file_elsewhere(String name) throws IOException {
        importOne(NAME, "abc");
        Path manifest = homeOf(NAME).resolve(Manifest.FILE);
        String changed =
                Files.readString(manifest)
                        .replace("\"name\" : \"tekken.json\"", "\"name\" : \"" + name + "\"");
        Files.writeString(manifest, changed);
        var refusal = assertThrows(ModelFormatException.class, () -> store.find(NAME));
        assertTrue(refusal.toString().contains("plain name"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../outside",
                "/tmp/x",
                "0123456789abcdef/..",
                "0123456789abcdef/a/b",
                ""
            })
    void a_manifest_cannot_name_a_folder_elsewhere(String content) throws IOException {
        StoredModel model = importOne(NAME, "abc");
        Path manifest = homeOf(NAME).resolve(Manifest.FILE);
        String now = homeOf(NAME).relativize(model.folder()).toString();
        Files.writeString(manifest, Files.readString(manifest).replace(now, content));
        assertThrows(ModelFormatException.class, () -> store.find(NAME));
    }

    @Test
    void a_damaged_manifest_is_one_clear_error_and_can_be_removed() throws IOException {
        importOne(NAME, "abc");
        Path manifest = homeOf(NAME).resolve(Manifest.FILE);
        String whole = Files.readString(manifest);
        for (int length = 0; length < whole.stripTrailing().length(); length++) {
            Files.writeString(manifest, whole.substring(0, length));
            var refusal = assertThrows(ModelFormatException.class, () -> store.find(NAME));
            assertTrue(refusal.toString().contains("get it again"), refusal.getMessage());
        }
        assertEquals(1, store.names().size());
        assertTrue(store.remove(NAME));
        assertEquals(List.of(), store.names());
    }

    @Test
    void folders_that_are_no_models_are_left_alone() throws IOException {
        Files.createDirectories(store.root().resolve("My Models"));
        Files.createDirectories(store.root().resolve("UPPER"));
        assertEquals(List.of(), store.names());
    }
}
