package dev.tramontane.server.document;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.zip.DeflaterOutputStream;

/// What becomes text, and what is refused.
class DocumentsTest {
    private static final int MUTATIONS = Integer.getInteger("tramontane.mutations", 20_000) / 100;

    private static PDDocument document(String... pages) throws IOException {
        var document = new PDDocument();
        for (String text : pages) {
            var page = new PDPage();
            document.addPage(page);
            try (var content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                content.newLineAtOffset(72, 700);
                content.showText(text);
                content.endText();
            }
        }
        return document;
    }

    private static byte[] saved(PDDocument document) throws IOException {
        try (document) {
            var out = new ByteArrayOutputStream();
            document.save(out);
            return out.toByteArray();
        }
    }

    private static String refusal(byte[] document) {
        DocumentException refused =
                assertThrows(DocumentException.class, () -> Documents.read(document));
        return String.valueOf(refused.getMessage());
    }

    @Test
    void a_pdf_is_read_page_by_page() throws Exception {
        Documents.Text read = Documents.read(saved(document("How many primes", "lie below 100?")));
        assertEquals(OptionalInt.of(2), read.pages());
        assertEquals("How many primes\nlie below 100?", read.text().strip());
    }

    @Test
    void a_pdf_that_unpacks_to_more_than_memory_holds_is_refused() throws Exception {
        try (PDDocument document = document("small")) {
            COSStream packed = document.getDocument().createCOSStream();
            packed.setItem(COSName.FILTER, COSName.FLATE_DECODE);
            try (InputStream endless = new LongArray(1 << 26);
                    OutputStream raw = new DeflaterOutputStream(packed.createRawOutputStream())) {
                endless.transferTo(raw); // packed on its way: this test has less memory still
            }
            document.getPage(0).setContents(new PDStream(packed));
            byte[] bomb = saved(document);
            assertTrue(bomb.length < 4 << 20, "it is small: " + bomb.length);
            String why = refusal(bomb);
            assertTrue(
                    why.matches(
                            "a PDF that takes too much memory.*|a damaged PDF.*|a PDF that took more.*"),
                    why);
        }
    }

    /// The beginning of a page's content: an array of numbers that has no end.
    private static final class LongArray extends InputStream {
        private final int length;
        private int at;

        LongArray(int length) {
            this.length = length;
        }

        @Override
        public int read() {
            return at == length ? -1 : next();
        }

        @Override
        public int read(byte[] into, int from, int count) {
            int some = Math.min(length - at, count);
            for (int i = 0; i < some; i++) {
                into[from + i] = (byte) next();
            }
            return some == 0 && count > 0 ? -1 : some;
        }

        private char next() {
            return at++ == 0 ? '[' : at % 2 == 0 ? '0' : ' ';
        }
    }

    @Test
    void a_damaged_pdf_and_one_with_a_password_say_so() throws Exception {
        byte[] whole = saved(document("Whole"));
        assertTrue(
                refusal("%PDF-1.7\nnothing".getBytes(StandardCharsets.UTF_8))
                        .startsWith("a damaged PDF"));
        assertTrue(refusal(Arrays.copyOf(whole, 40)).startsWith("a damaged PDF"));
        PDDocument locked = document("Secret");
        locked.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
        assertTrue(refusal(saved(locked)).startsWith("a PDF with a password"));
    }

    /// `-Dtramontane.mutations=1000000` runs the long form.
    @Test
    void damaged_pdfs_are_read_or_refused() throws Exception {
        byte[] whole = saved(document("How many primes", "lie below 100?"));
        assertTrue(FuzzedDocument.takePdf(whole), "whole it is one");
        var random = new SplittableRandom(5);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = whole.clone();
            for (int hits = random.nextInt(1, 8); hits > 0; hits--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            read += FuzzedDocument.takePdf(damaged) ? 1 : 0;
            FuzzedDocument.fuzzerTestOneInput(
                    Arrays.copyOf(damaged, random.nextInt(damaged.length)));
        }
        assertTrue(read > MUTATIONS / 100 && read < MUTATIONS, read + " of " + MUTATIONS);
    }

    @Test
    void a_text_is_read_in_its_encoding() throws Exception {
        assertEquals(
                "Grüße\n", Documents.read("Grüße\r\n".getBytes(StandardCharsets.UTF_8)).text());
        assertEquals(
                "Grüße", Documents.read("\uFEFFGrüße".getBytes(StandardCharsets.UTF_16LE)).text());
        assertEquals(OptionalInt.empty(), Documents.read(new byte[] {'a'}).pages());
    }

    @Test
    void what_is_neither_is_refused() {
        assertTrue(
                refusal(new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 1}).startsWith("neither a PDF"));
        assertTrue(refusal("a\0b".getBytes(StandardCharsets.UTF_8)).startsWith("neither a PDF"));
        byte[] much = new byte[Documents.MOST_CHARS + 1];
        Arrays.fill(much, (byte) 'a');
        assertTrue(refusal(much).startsWith("more than 2097152 characters"));
    }
}
