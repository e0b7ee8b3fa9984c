package dev.tramontane.cli;

/// The version that logs and help name.
final class HarnessVersion {
    static final String TEXT = "0.1.0";

    private HarnessVersion() {}
}
