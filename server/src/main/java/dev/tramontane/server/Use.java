package dev.tramontane.server;

/// What somebody needs a model for, which stays open as long as it lasts.
interface Use {
    /// @param gone called, perhaps from another thread and at once, when it is over before its end
    void whenGone(Runnable gone);

    /// Has something done when it is over, however it ends.
    void atEnd(Runnable what);
}
