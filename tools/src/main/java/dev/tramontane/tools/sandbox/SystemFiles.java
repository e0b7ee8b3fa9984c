package dev.tramontane.tools.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// What of a system a Python program needs to read. Not all of it is on every system.
final class SystemFiles {
    /// Shared libraries and the loader of programs; Debian and Fedora, ordinary and old.
    static final List<Path> LIBRARIES = paths("/lib", "/lib64", "/usr/lib", "/usr/lib64");

    /// The loader's index and Debian's choices among libraries, time zones, and what plotting
    /// reads.
    static final List<Path> DATA =
            paths(
                    "/etc/ld.so.cache",
                    "/etc/alternatives",
                    "/etc/localtime",
                    "/etc/fonts",
                    "/etc/matplotlibrc",
                    "/usr/share/zoneinfo",
                    "/usr/share/fonts",
                    "/usr/share/matplotlib",
                    "/usr/local/share/fonts");

    /// Devices that only give.
    static final List<Path> SOURCES = paths("/dev/zero", "/dev/random", "/dev/urandom");

    private SystemFiles() {}

    private static List<Path> paths(String... names) {
        return Stream.of(names).map(Path::of).toList();
    }
}
