package dev.tramontane.engine;

/// How a request stands to others.
public enum Priority {
    /// Somebody waits for it.
    INTERACTIVE,
    /// It takes what interactive requests leave: it starts when none of them waits, and is set back
    /// when one wants its place or its blocks of the cache. Where 32 have started before it, it
    /// counts as interactive from then on, so that it comes to its end.
    BACKGROUND
}
