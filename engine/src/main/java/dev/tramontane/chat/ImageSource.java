package dev.tramontane.chat;

import dev.tramontane.image.RgbImage;

import java.net.URI;
import java.net.URISyntaxException;

/// Where an image is. A model of this process reads pixels, which whoever asks it makes of files
/// and addresses; one elsewhere is told the address.
public sealed interface ImageSource {
    /// At an address, often a `data:` URL, not looked at so far.
    record Address(URI uri) implements ImageSource {
        private static final String DATA = "data:";

        /// An address as clients write it: with spaces around it, and inside a `data:` URL, whose
        /// base64 many tools break into lines.
        public static Address of(String text) throws URISyntaxException {
            String address = text.strip();
            boolean isData = address.regionMatches(true, 0, DATA, 0, DATA.length());
            boolean isBroken = isData && address.chars().anyMatch(Character::isWhitespace);
            return new Address(new URI(isBroken ? address.replaceAll("\\s+", "") : address));
        }

        /// A file in base64; some clients send whole addresses where that is expected.
        public static Address ofBase64(String text) throws URISyntaxException {
            return of(text.startsWith(DATA) ? text : "data:;base64," + text);
        }
    }

    /// Decoded.
    record Pixels(RgbImage image) implements ImageSource {}
}
