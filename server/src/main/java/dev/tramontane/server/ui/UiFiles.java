package dev.tramontane.server.ui;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The files of the page and of its libraries, by the paths under which browsers ask for them.
///
/// ```
/// (empty)                    index.html, in which "/ui/ becomes "/ui/BUILD/
/// BUILD/app.js               a file of the page as of this build: what is there never changes
/// app.js                     the same file as of now
/// katex/0.18.11/dist/…       a library's file, which never changes either
/// ```
///
/// One build's modules thus never meet another's in a browser's cache. While somebody works on the
/// page, its folder is read anew at each request ({@link #ofFolder}), and nothing is kept.
///
/// Paths are looked up among the names of what there is; none is ever handed to a file system.
public final class UiFiles {
    private static final String INDEX = "index.html";
    private static final int BUILD_CHARS = 12;

    private final PageFiles page;
    private final Libraries libraries = new Libraries();
    private final Map<String, UiFile> kept = new ConcurrentHashMap<>();

    private UiFiles(PageFiles page) {
        this.page = page;
    }

    /// A file, and how long it may be kept.
    ///
    /// @param isForGood whether its path will never mean anything else
    public record Found(UiFile file, boolean isForGood) {}

    /// Those that were packed into the jar, unless the property `tramontane.ui` names a folder.
    public static UiFiles ofThisBuild() {
        String folder = System.getProperty("tramontane.ui", "");
        return folder.isEmpty() ? packed() : ofFolder(Path.of(folder));
    }

    /// Those that were packed into the jar.
    public static UiFiles packed() {
        return of(PackedFiles.read());
    }

    /// Those of a folder, read when they are asked for.
    public static UiFiles ofFolder(Path folder) {
        return new UiFiles(new FolderFiles(folder));
    }

    /// What stands in paths for the state of the page's files; empty while somebody works on them.
    Optional<String> build() {
        return page.digest().map(digest -> digest.substring(0, BUILD_CHARS));
    }

    static UiFiles of(PackedFiles files) {
        return new UiFiles(files);
    }

    /// A file of the page.
    ///
    /// @param path behind `/ui/`; empty for the page itself
    public Optional<Found> page(String path) {
        if (path.isEmpty()) {
            return file(INDEX).map(file -> new Found(file, false));
        }
        Optional<String> build = build().filter(one -> path.startsWith(one + "/"));
        String name = build.map(one -> path.substring(one.length() + 1)).orElse(path);
        return file(name).map(file -> new Found(file, build.isPresent()));
    }

    private Optional<UiFile> file(String name) {
        if (build().isEmpty()) {
            return page.bytes(name).map(bytes -> UiFile.of(name, bytes));
        }
        return Optional.ofNullable(
                kept.computeIfAbsent(
                        name,
                        _ -> page.bytes(name).map(bytes -> packed(name, bytes)).orElse(null)));
    }

    private UiFile packed(String name, byte[] bytes) {
        return UiFile.of(name, name.equals(INDEX) ? withBuild(bytes) : bytes);
    }

    private byte[] withBuild(byte[] index) {
        String text = new String(index, StandardCharsets.UTF_8);
        return text.replace("\"/ui/", "\"/ui/" + build().orElseThrow() + "/")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// A file of a library.
    ///
    /// @param path behind `/webjars/`
    public Optional<Found> library(String path) {
        return libraries.find(path).map(file -> new Found(file, true));
    }

    /// Where the page's files come from.
    sealed interface PageFiles permits PackedFiles, FolderFiles {
        /// Of a file, by its name with `/` between folders; empty when there is none.
        Optional<byte[]> bytes(String name);

        /// Of all names and contents; empty where they may change.
        Optional<String> digest();
    }

    static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }
}
