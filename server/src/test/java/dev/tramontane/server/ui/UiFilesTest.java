package dev.tramontane.server.ui;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.zip.GZIPInputStream;

/// What browsers get of the page's folder, its jar and the libraries.
class UiFilesTest {
    private static final String INDEX = "<script type=\"module\" src=\"/ui/app.js\"></script>";
    private static final String LIBRARY = "dompurify/3.3.3/dist/purify.min.js";

    @TempDir private Path folder;

    @BeforeEach
    void write_a_page() throws IOException {
        Files.writeString(folder.resolve("index.html"), INDEX);
        Files.writeString(folder.resolve("app.js"), "1;\n".repeat(1000));
        Files.createDirectory(folder.resolve("words"));
        Files.writeString(folder.resolve("words/fr.js"), "oui");
        Files.writeString(folder.resolve("notes.txt"), "not for browsers");
    }

    private UiFiles packed() throws IOException {
        var files = new FolderFiles(folder);
        SortedMap<String, byte[]> all = new TreeMap<>();
        for (String name : files.names()) {
            all.put(name, files.bytes(name).orElseThrow());
        }
        return UiFiles.of(PackedFiles.of(all));
    }

    private static String text(UiFiles.Found found) {
        return new String(found.file().bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void the_page_of_a_build_names_files_that_never_change() throws IOException {
        UiFiles files = packed();
        UiFiles.Found index = files.page("").orElseThrow();
        String build = files.build().orElseThrow();
        assertEquals(
                "<script type=\"module\" src=\"/ui/" + build + "/app.js\"></script>", text(index));
        assertFalse(index.isForGood());
        assertTrue(files.page(build + "/app.js").orElseThrow().isForGood());
        assertTrue(files.page(build + "/words/fr.js").orElseThrow().isForGood());
        assertFalse(files.page("app.js").orElseThrow().isForGood());
        assertEquals("text/html; charset=utf-8", index.file().contentType());
    }

    @Test
    void another_build_has_other_paths() throws IOException {
        String before = packed().build().orElseThrow();
        assertEquals(before, packed().build().orElseThrow());
        Files.writeString(folder.resolve("words/fr.js"), "non");
        assertNotEquals(before, packed().build().orElseThrow());
        assertTrue(packed().page(before + "/app.js").isEmpty());
    }

    @Test
    void a_folder_somebody_works_in_is_read_anew() throws IOException {
        UiFiles files = UiFiles.ofFolder(folder);
        assertEquals(INDEX, text(files.page("").orElseThrow()));
        Files.writeString(folder.resolve("app.js"), "2");
        UiFiles.Found app = files.page("app.js").orElseThrow();
        assertEquals("2", text(app));
        assertFalse(app.isForGood());
    }

    @Test
    void what_is_long_is_also_there_compressed() throws IOException {
        UiFile app = packed().page("app.js").orElseThrow().file();
        byte[] gzip = app.gzip().orElseThrow();
        assertTrue(gzip.length < 100, () -> gzip.length + " bytes");
        try (var in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            assertArrayEquals(app.bytes(), in.readAllBytes());
        }
        assertTrue(packed().page("words/fr.js").orElseThrow().file().gzip().isEmpty());
    }

    @Test
    void files_are_found_in_a_jar_as_in_a_folder() throws IOException {
        Path jar = folder.resolveSibling("page.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            for (String name : new FolderFiles(folder).names()) {
                entries.putNextEntry(new JarEntry("somewhere/page/" + name));
                entries.write(Files.readAllBytes(folder.resolve(name)));
                entries.closeEntry();
            }
        }
        var index = URI.create("jar:" + jar.toUri() + "!/somewhere/page/index.html").toURL();
        PackedFiles ofJar = PackedFiles.beside(index);
        PackedFiles ofFolder = PackedFiles.beside(folder.resolve("index.html").toUri().toURL());
        assertEquals(ofFolder.files().keySet(), ofJar.files().keySet());
        assertEquals(ofFolder.state(), ofJar.state());
        Files.delete(jar);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "notes.txt",
                "words",
                "words/",
                "/app.js",
                "./app.js",
                "words/../app.js",
                "../index.html",
                "..\\index.html",
                "words\\fr.js",
                "app.js\0.html",
                "APP.js",
                "app.js/",
                "//app.js",
                "000000000000/app.js"
            })
    void nothing_is_found_under_a_name_that_no_file_has(String path) throws IOException {
        assertTrue(packed().page(path).isEmpty());
        assertTrue(UiFiles.ofFolder(folder).page(path).isEmpty());
    }

    @Test
    void links_out_of_the_folder_are_not_followed() throws IOException {
        Path outside = Files.writeString(folder.resolveSibling("outside.js"), "secret");
        Files.createSymbolicLink(folder.resolve("inside.js"), outside);
        assertTrue(UiFiles.ofFolder(folder).page("inside.js").isEmpty());
        Files.delete(outside);
    }

    @Test
    void libraries_come_out_of_their_jars() throws IOException {
        UiFiles files = packed();
        UiFiles.Found library = files.library(LIBRARY).orElseThrow();
        assertTrue(library.isForGood());
        assertTrue(text(library).contains("DOMPurify"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dompurify/3.3.3/dist/purify.js",
                "dompurify/3.3.2/dist/purify.min.js",
                "dompurify/3.3.3/package.json",
                "dompurify/3.3.3/dist/../dist/purify.min.js",
                "dompurify/../dompurify/3.3.3/dist/purify.min.js",
                "../webjars/dompurify/3.3.3/dist/purify.min.js",
                "/dompurify/3.3.3/dist/purify.min.js",
                "katex/0.18.11/dist/fonts/../katex.min.js",
                "highlightjs/11.11.1/languages/../highlight.min.js",
                "../../MANIFEST.MF"
            })
    void of_libraries_nothing_is_found_but_what_the_page_uses(String path) throws IOException {
        assertTrue(packed().library(path).isEmpty());
    }
}
