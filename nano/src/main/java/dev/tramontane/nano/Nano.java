package dev.tramontane.nano;

/// The embedded model.
public final class Nano {
    private Nano() {}
}
