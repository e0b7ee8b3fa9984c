package dev.tramontane.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files of a GGUF model that was cut into several: `name-00001-of-00003.gguf` and so on.
///
/// Each part is a whole GGUF file with the keys `split.no` (from zero), `split.count` and
/// `split.tensors.count` (tensors of all parts together); the model's own metadata stands in the
/// first alone. As llama.cpp's `gguf-split` writes them.
final class GgufSplit {
    private static final Pattern NAME =
            Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);

    private static final String AGAIN = "get all parts again from one place";

    private GgufSplit() {}

    /// One file, mapped, with its head read.
    record Part(String location, OpenFile file, GgufReader.Head head) {
        private long number(String key) {
            return head.metadata().integer(key).orElse(0L);
        }
    }

    /// Whether a file's name is that of a part after the first.
    static boolean isLaterPart(String name) {
        Matcher part = NAME.matcher(name);
        return part.matches() && Integer.parseInt(part.group(2)) > 1;
    }

    /// The name of the model that a file is the first part of; the name itself where it is whole.
    static String whole(String name) {
        Matcher part = NAME.matcher(name);
        return part.matches() ? part.group(1) + ".gguf" : name;
    }

    /// Maps a file and, where it is the first of several, the others beside it.
    ///
    /// @param arena owns the mappings
    static List<Part> open(Path path, Placement placement, Arena arena) throws IOException {
        Part first = map(path, placement, arena);
        long count = first.number("split.count");
        if (count <= 1) {
            return List.of(first);
        }
        Matcher name = NAME.matcher(first.location);
        if (!name.matches() || Integer.parseInt(name.group(3)) != count) {
            throw new ModelFormatException(
                    "%s: says that it is part %d of %d, expected a name that ends in -%05d-of-%05d.gguf; give the files their published names"
                            .formatted(
                                    first.location,
                                    first.number("split.no") + 1,
                                    count,
                                    first.number("split.no") + 1,
                                    count));
        }
        if (first.number("split.no") != 0 || Integer.parseInt(name.group(2)) != 1) {
            throw new ModelFormatException(
                    "%s: part %d of %d, expected the first; open %s"
                            .formatted(
                                    first.location,
                                    first.number("split.no") + 1,
                                    count,
                                    partName(name.group(1), 1, count)));
        }
        List<Part> parts = new ArrayList<>(List.of(first));
        FolderListing folder = FolderListing.around(path);
        for (int number = 2; number <= count; number++) {
            Path part = path(folder, partName(name.group(1), number, count), number, first);
            parts.add(part(map(part, placement, arena), number, first));
        }
        checkTotal(parts);
        return parts;
    }

    private static Path path(FolderListing folder, String name, int number, Part first)
            throws IOException {
        long count = first.number("split.count");
        Optional<Path> path = folder.file(name);
        if (path.isEmpty()) {
            throw new ModelFormatException(
                    "%s: part %d of %d, %s, is not beside it; get it from the same place"
                            .formatted(first.location, number, count, name));
        }
        return path.get();
    }

    /// The part, once it is known to be the one that is wanted.
    private static Part part(Part part, int number, Part first) {
        long count = first.number("split.count");
        if (part.number("split.no") != number - 1
                || part.number("split.count") != count
                || part.number("split.tensors.count") != first.number("split.tensors.count")) {
            throw new ModelFormatException(
                    "%s: holds part %d of %d with %d tensors in all, expected part %d of %d with %d as in %s; %s"
                            .formatted(
                                    part.location,
                                    part.number("split.no") + 1,
                                    part.number("split.count"),
                                    part.number("split.tensors.count"),
                                    number,
                                    count,
                                    first.number("split.tensors.count"),
                                    first.location,
                                    AGAIN));
        }
        return part;
    }

    private static void checkTotal(List<Part> parts) {
        Part first = parts.getFirst();
        long expected = first.number("split.tensors.count");
        long found = parts.stream().mapToLong(part -> part.head.tensors().size()).sum();
        if (found != expected) {
            throw new ModelFormatException(
                    "%s: its %d parts hold %d tensors, expected %d; %s"
                            .formatted(first.location, parts.size(), found, expected, AGAIN));
        }
    }

    private static String partName(String stem, long number, long count) {
        return "%s-%05d-of-%05d.gguf".formatted(stem, number, count);
    }

    private static Part map(Path path, Placement placement, Arena arena) throws IOException {
        OpenFile file = OpenFile.of(path, placement, arena);
        return new Part(
                file.location(), file, new GgufReader(file.location(), file.bytes()).read());
    }
}
