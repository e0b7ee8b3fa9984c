package dev.tramontane.server.document;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Makes documents text: PDF by a process of its own, everything else where it is text already.
public final class Documents {
    /// Of a document; more is refused rather than cut, which nobody would see.
    static final int MOST_CHARS = 2 << 20;

    private static final byte[] PDF = "%PDF-".getBytes(StandardCharsets.US_ASCII);
    private static final int PDF_BEGINS_WITHIN = 1024;

    private Documents() {}

    /// @param pages empty for what has none
    public record Text(String text, OptionalInt pages) {}

    /// @throws DocumentException when it is neither a PDF nor a text, or too much
    /// @throws IOException when no process can be started for it
    public static Text read(byte[] document) throws DocumentException, IOException {
        return isPdf(document) ? PdfProcess.read(document) : plain(document);
    }

    /// As readers of PDF do it: some bytes may stand in front.
    private static boolean isPdf(byte[] document) {
        int last = Math.min(PDF_BEGINS_WITHIN, document.length) - PDF.length;
        for (int at = 0; at <= last; at++) {
            if (startsWith(document, at, PDF)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] bytes, int at, byte[] beginning) {
        for (int i = 0; i < beginning.length; i++) {
            if (at + i >= bytes.length || bytes[at + i] != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    private static Text plain(byte[] document) throws DocumentException {
        Charset charset = charset(document);
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(document)).toString();
            String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
            if (bare.indexOf(0) >= 0) {
                throw noText();
            }
            checkLength(bare.length());
            return new Text(bare.replace("\r\n", "\n"), OptionalInt.empty());
        } catch (CharacterCodingException _) {
            throw noText();
        }
    }

    static void checkLength(int chars) throws DocumentException {
        if (chars > MOST_CHARS) {
            throw new DocumentException(
                    "more than %d characters, expected fewer; send a part of it"
                            .formatted(MOST_CHARS));
        }
    }

    private static DocumentException noText() {
        return new DocumentException(
                "neither a PDF nor a text in UTF-8 or UTF-16, expected one of them; send it as such");
    }

    /// By its byte order mark, else UTF-8.
    private static Charset charset(byte[] document) {
        if (startsWith(document, 0, new byte[] {(byte) 0xff, (byte) 0xfe})) {
            return StandardCharsets.UTF_16LE;
        }
        if (startsWith(document, 0, new byte[] {(byte) 0xfe, (byte) 0xff})) {
            return StandardCharsets.UTF_16BE;
        }
        return StandardCharsets.UTF_8;
    }
}
