package dev.tramontane.server.ui;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The page's files in the folder that somebody works on. Its names are listed for every request,
/// so that no request's path reaches the file system; links are not followed.
record FolderFiles(Path folder) implements UiFiles.PageFiles {
    @Override
    public Optional<byte[]> bytes(String name) {
        try {
            return names().contains(name)
                    ? Optional.of(Files.readAllBytes(folder.resolve(name)))
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    List<String> names() {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> name(folder.relativize(file)))
                    .filter(UiFile::isServed)
                    .toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static String name(Path relative) {
        return Stream.iterate(0, i -> i < relative.getNameCount(), i -> i + 1)
                .map(i -> relative.getName(i).toString())
                .collect(Collectors.joining("/"));
    }

    private UncheckedIOException unreadable(IOException e) {
        return new UncheckedIOException(
                "%s: the page's folder cannot be read, expected that of the repository; name it with -Dtramontane.ui=FOLDER"
                        .formatted(folder),
                e);
    }

    @Override
    public Optional<String> digest() {
        return Optional.empty();
    }
}
