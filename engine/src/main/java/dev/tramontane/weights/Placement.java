package dev.tramontane.weights;

/// Where weights are while they are used.
public enum Placement {
    /// In the file, mapped: nothing is copied, and processes share the pages. Whoever shortens the
    /// file takes them away.
    MAPPED,
    /// In this process's own memory: opening reads the whole file, and what becomes of it later
    /// does not matter. For network folders and files that others can write.
    COPIED
}
