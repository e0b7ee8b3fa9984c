package dev.tramontane.wire.image;

import java.io.IOException;

/// Why a file is not taken as an image, as a refusal says it: what was found, what was expected,
/// what to do. Never anything that a decoder said.
final class ImageFault extends IOException {
    private static final long serialVersionUID = 1L;

    ImageFault(String message) {
        super(message);
    }

    static ImageFault truncated(String format) {
        return new ImageFault(
                "found a %s that ends early, expected a whole one; send it anew".formatted(format));
    }

    static ImageFault damaged(String format) {
        return new ImageFault(
                "found a %s that cannot be read, expected a sound one; save it anew"
                        .formatted(format));
    }

    /// @param kind what is not read, such as "with 12 bits a sample"
    static ImageFault unsupported(String format, String kind) {
        return new ImageFault(
                "found a %s %s, expected a usual one; convert it".formatted(format, kind));
    }
}
