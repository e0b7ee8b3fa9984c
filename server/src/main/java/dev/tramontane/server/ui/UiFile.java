package dev.tramontane.server.ui;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// A file as browsers get it.
///
/// @param contentType by its name
/// @param bytes shared, never written to
/// @param gzip the same compressed, shared; empty where that is not much shorter
/// @param tag what stands for its contents, without quotes
public record UiFile(String contentType, byte[] bytes, Optional<byte[]> gzip, String tag) {
    private static final int TAG_CHARS = 24;
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "json", "application/json; charset=utf-8",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "woff2", "font/woff2",
                    "webmanifest", "application/manifest+json");

    static UiFile of(String name, byte[] bytes) {
        byte[] packed = gzip(bytes);
        boolean pays = packed.length < bytes.length - bytes.length / 8;
        String tag = HexFormat.of().formatHex(sha256().digest(bytes)).substring(0, TAG_CHARS);
        return new UiFile(type(name), bytes, pays ? Optional.of(packed) : Optional.empty(), tag);
    }

    /// Whether browsers get files of this name: those whose type is known.
    static boolean isServed(String name) {
        return TYPES.containsKey(ending(name));
    }

    private static String type(String name) {
        return TYPES.getOrDefault(ending(name), "application/octet-stream");
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static byte[] gzip(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        try (var out =
                new GZIPOutputStream(packed) {
                    {
                        def.setLevel(Deflater.BEST_COMPRESSION);
                    }
                }) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory cannot fail
        }
        return packed.toByteArray();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256, which every Java has", e);
        }
    }
}
