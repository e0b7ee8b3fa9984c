package dev.tramontane.tools.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Files that a process keeps though they are in no folder any more. They take their room on the
/// disk until it lets go of them.
///
/// @param openBytes of those it has open
/// @param mapped how many it has mapped and not open; nobody tells how large they are
record RemovedFiles(long openBytes, int mapped) {
    private static final String REMOVED = " (deleted)";

    /// Of a process that may go on, or end, meanwhile.
    ///
    /// @param process its folder in `/proc`
    /// @param folder where files it maps were; in another namespace of mounts its last two names
    ///   are the same
    /// @throws AccessDeniedException if we may not see them
    static RemovedFiles of(Path process, Path folder) throws IOException {
        Map<Long, Long> open = open(process.resolve("fd"));
        Set<Long> mapped = mapped(process.resolve("maps"), folder);
        mapped.removeAll(open.keySet());
        long openBytes = open.values().stream().mapToLong(Long::longValue).sum();
        return new RemovedFiles(openBytes, mapped.size());
    }

    /// @return sizes by inode
    private static Map<Long, Long> open(Path descriptors) throws IOException {
        Map<Long, Long> bytes = new HashMap<>();
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path each : open) {
                try {
                    Map<String, Object> file = Files.readAttributes(each, "unix:nlink,ino,size");
                    if (file.get("nlink") instanceof Integer links
                            && links == 0
                            && file.get("ino") instanceof Long inode
                            && file.get("size") instanceof Long size) {
                        bytes.put(inode, size);
                    }
                } catch (AccessDeniedException hidden) {
                    throw hidden;
                } catch (IOException _) {
                    // closed since it was listed
                }
            }
        } catch (AccessDeniedException hidden) {
            throw hidden;
        } catch (IOException | DirectoryIteratorException ended) {
            return bytes;
        }
        return bytes;
    }

    /// A line is `ADDRESSES RIGHTS OFFSET DEVICE INODE PATH`, see `proc_pid_maps(5)`.
    ///
    /// @return inodes
    private static Set<Long> mapped(Path maps, Path folder) throws IOException {
        Set<Long> inodes = new HashSet<>();
        int names = folder.getNameCount();
        String below = "/" + folder.subpath(names - 2, names) + "/";
        try (BufferedReader lines = Files.newBufferedReader(maps, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(REMOVED) && line.contains(below)) {
                    inodes.add(Long.parseUnsignedLong(line.split(" +", 6)[4]));
                }
            }
        } catch (AccessDeniedException hidden) {
            throw hidden;
        } catch (IOException ended) {
            return inodes;
        }
        return inodes;
    }
}
