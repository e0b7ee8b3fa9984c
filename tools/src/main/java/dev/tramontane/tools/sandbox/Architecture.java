package dev.tramontane.tools.sandbox;

import java.util.Locale;
import java.util.Optional;

/// A processor whose system calls we know by number.
enum Architecture {
    X86_64(0xC000003E),
    AARCH64(0xC00000B7);

    private final int audit;

    Architecture(int audit) {
        this.audit = audit;
    }

    /// What the kernel tells a filter: `AUDIT_ARCH_…` of linux/audit.h.
    int audit() {
        return audit;
    }

    /// The one this program runs on.
    static Optional<Architecture> here() {
        return named(System.getProperty("os.arch", ""));
    }

    /// @param name as the system property `os.arch` has it
    static Optional<Architecture> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x86-64" -> Optional.of(X86_64);
            case "aarch64", "arm64" -> Optional.of(AARCH64);
            default -> Optional.empty();
        };
    }
}
