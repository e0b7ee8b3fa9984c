package dev.tramontane.wire.image;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.image.RgbImage;

/// An image as a stranger writes it: what Jazzer calls (`mvn -Pfuzz`), and the build with seeded
/// damage.
public final class FuzzedImage {
    /// Small, so that what a fuzzer finds slow is slow for its size.
    private static final ImageLimits LIMITS =
            new ImageLimits(1 << 20, 1 << 20, 1 << 14, 8, 1 << 20, ImageLimits.USUAL.time());

    private static final ImageDecoder DECODER = new ImageDecoder(LIMITS);

    private FuzzedImage() {}

    public static void fuzzerTestOneInput(byte[] file) {
        take(file);
    }

    /// Decodes a file; true where it is an image.
    ///
    /// @throws RuntimeException which is a finding: only refusals are proper
    static boolean take(byte[] file) {
        try {
            RgbImage image = DECODER.decode(file, "image");
            if (image.pixels().length > 3 * LIMITS.pixels()) {
                throw new AssertionError("more pixels than allowed: " + image);
            }
            return true;
        } catch (InvalidRequestException refusal) {
            String message = String.valueOf(refusal.getMessage());
            if (!message.startsWith("image: found ") || message.contains("java")) {
                throw new AssertionError("no proper refusal: " + message, refusal);
            }
            return false;
        }
    }
}
