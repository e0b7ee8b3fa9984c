package dev.tramontane.server.ui;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/// The page's files as they were packed, all in memory: a few hundred kilobytes.
record PackedFiles(SortedMap<String, byte[]> files, String state) implements UiFiles.PageFiles {
    private static final String INDEX = "page/index.html";

    /// Beside this class, in a jar or in a build's folder. A build without the page has none.
    static PackedFiles read() {
        URL index = PackedFiles.class.getResource(INDEX);
        return index == null ? of(new TreeMap<>()) : beside(index);
    }

    /// Those of the folder that a file lies in.
    static PackedFiles beside(URL index) {
        try {
            return of(index.getProtocol().equals("jar") ? ofJar(index) : ofFolder(index));
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(
                    index + ": the page's files beside it cannot be read; build the server again",
                    e);
        }
    }

    static PackedFiles of(SortedMap<String, byte[]> files) {
        MessageDigest digest = UiFile.sha256();
        files.forEach(
                (name, bytes) -> {
                    digest.update(
                            (name + '\0' + bytes.length + '\0').getBytes(StandardCharsets.UTF_8));
                    digest.update(bytes);
                });
        return new PackedFiles(files, UiFiles.hex(digest.digest()));
    }

    private static SortedMap<String, byte[]> ofJar(URL index) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        var connection = (JarURLConnection) index.openConnection();
        connection.setUseCaches(false);
        String entry = connection.getEntryName();
        String folder = entry.substring(0, entry.lastIndexOf('/') + 1);
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry each : jar.stream().toList()) {
                String name = each.getName();
                if (name.startsWith(folder) && UiFile.isServed(name)) {
                    try (InputStream in = jar.getInputStream(each)) {
                        files.put(name.substring(folder.length()), in.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    private static SortedMap<String, byte[]> ofFolder(URL index)
            throws IOException, URISyntaxException {
        var folder = new FolderFiles(Path.of(new URI(index.toString())).resolveSibling(""));
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (String name : folder.names()) {
            folder.bytes(name).ifPresent(bytes -> files.put(name, bytes));
        }
        return files;
    }

    @Override
    public Optional<byte[]> bytes(String name) {
        return Optional.ofNullable(files.get(name));
    }

    @Override
    public Optional<String> digest() {
        return Optional.of(state);
    }
}
