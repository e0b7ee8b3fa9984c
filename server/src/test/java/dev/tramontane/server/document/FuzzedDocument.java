package dev.tramontane.server.document;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A document as a stranger writes it: what Jazzer calls (`mvn -Pfuzz`), and the build with seeded
/// damage. A PDF is read in this process, so that what takes all its time or memory is seen.
public final class FuzzedDocument {
    private static final byte[] PDF = "%PDF-1.7\n".getBytes(StandardCharsets.US_ASCII);

    private FuzzedDocument() {}

    public static void fuzzerTestOneInput(byte[] document) {
        takePdf(document);
        boolean isPlain = !new String(document, StandardCharsets.ISO_8859_1).contains("%PDF-");
        if (isPlain) { // no process for each
            takeText(document);
            byte[] begun = Arrays.copyOf(PDF, PDF.length + document.length);
            System.arraycopy(document, 0, begun, PDF.length, document.length);
            takePdf(begun);
        }
    }

    /// Reads a PDF; true where it is one.
    ///
    /// @throws RuntimeException which is a finding: only refusals are proper
    static boolean takePdf(byte[] document) {
        var told = new ByteArrayOutputStream();
        int code = PdfMain.run(new ByteArrayInputStream(document), told);
        try {
            return check(PdfProcess.text(code, told.toByteArray()));
        } catch (DocumentException refused) {
            return check(refused);
        }
    }

    private static void takeText(byte[] document) {
        try {
            check(Documents.read(document));
        } catch (DocumentException refused) {
            check(refused);
        } catch (IOException failure) {
            throw new AssertionError("no text wants a process", failure);
        }
    }

    private static boolean check(Documents.Text read) {
        if (read.text().length() > Documents.MOST_CHARS || read.pages().orElse(0) < 0) {
            throw new AssertionError("not bounded: " + read);
        }
        return true;
    }

    private static boolean check(DocumentException refused) {
        if (!String.valueOf(refused.getMessage()).contains(", expected ")) {
            throw new AssertionError("no proper refusal", refused);
        }
        return false;
    }
}
