package dev.tramontane.server.document;

import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/// A PDF from standard input as text to standard output: a line with the number of pages, and the
/// text. The program of a process that {@link PdfProcess} starts.
final class PdfMain {
    static final int READ = 0;
    static final int TOO_LONG = 10;
    static final int LOCKED = 11;
    static final int DAMAGED = 12;

    private PdfMain() {}

    public static void main(String[] args) {
        var in = new FileInputStream(FileDescriptor.in);
        var out = new FileOutputStream(FileDescriptor.out);
        Runtime.getRuntime().halt(run(in, out)); // no other thread has anything to say
    }

    /// @return what the process ends with
    static int run(InputStream in, OutputStream out) {
        try (in;
                out;
                PDDocument document = Loader.loadPDF(in.readAllBytes())) {
            var text = new BoundedWriter();
            var stripper = new PDFTextStripper();
            stripper.setSortByPosition(true);
            stripper.setLineSeparator("\n");
            stripper.writeText(document, text);
            String whole = document.getNumberOfPages() + "\n" + text;
            out.write(whole.getBytes(StandardCharsets.UTF_8));
            return READ;
        } catch (InvalidPasswordException _) {
            return LOCKED;
        } catch (TooLongException _) {
            return TOO_LONG;
        } catch (IOException | RuntimeException | StackOverflowError _) { // the process's outermost
            return DAMAGED;
        }
    }

    private static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class BoundedWriter extends StringWriter {
        @Override
        public void write(String text) {
            check(text.length());
            super.write(text);
        }

        @Override
        public void write(String text, int from, int count) {
            check(count);
            super.write(text, from, count);
        }

        @Override
        public void write(char[] text, int from, int count) {
            check(count);
            super.write(text, from, count);
        }

        @Override
        public void write(int one) {
            check(1);
            super.write(one);
        }

        private void check(int more) {
            if (getBuffer().length() + more > Documents.MOST_CHARS) {
                throw new TooLongException();
            }
        }
    }
}
