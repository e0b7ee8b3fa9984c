package dev.tramontane.wire.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Places in a file's bytes. All answer for places behind the end as well.
final class Bytes {
    private Bytes() {}

    static boolean startsWith(byte[] file, byte[] signature) {
        return file.length >= signature.length
                && Arrays.equals(file, 0, signature.length, signature, 0, signature.length);
    }

    /// Whether a text of ASCII stands at a place.
    static boolean has(byte[] file, int at, String text) {
        byte[] expected = text.getBytes(StandardCharsets.US_ASCII);
        return at >= 0
                && at <= file.length - expected.length
                && Arrays.equals(file, at, at + expected.length, expected, 0, expected.length);
    }

    /// The unsigned byte at a place; 0 behind the end.
    static int at(byte[] file, int place) {
        return place >= 0 && place < file.length ? file[place] & 0xff : 0;
    }
}
