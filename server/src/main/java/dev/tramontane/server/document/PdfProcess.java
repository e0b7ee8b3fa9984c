package dev.tramontane.server.document;

import org.apache.commons.logging.LogFactory;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.io.RandomAccessRead;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads a PDF in a process of its own ({@link PdfMain}): a file that is made to take all memory,
/// or all time, takes a bounded part of it and fails alone. The process gets no environment.
final class PdfProcess {
    private static final String HEAP = "-Xmx256m";
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 4 * Documents.MOST_CHARS + 16;

    /// What the JVM ends with under `-XX:+ExitOnOutOfMemoryError`.
    private static final int OUT_OF_MEMORY = 3;

    private PdfProcess() {}

    static Documents.Text read(byte[] pdf) throws DocumentException, IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command()).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        Process process = builder.start();
        Thread timer = Thread.ofVirtual().start(() -> endInTime(process));
        try {
            Thread.ofVirtual().start(() -> send(pdf, process));
            byte[] told;
            try (InputStream in = process.getInputStream()) {
                told = in.readNBytes(MOST_BYTES);
            }
            return text(process.waitFor(), told);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("reading a PDF was interrupted", stopped);
        } finally {
            process.destroyForcibly();
            timer.interrupt();
        }
    }

    private static void endInTime(Process process) {
        try {
            if (!process.waitFor(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) { // it has ended
            Thread.currentThread().interrupt();
        }
    }

    private static void send(byte[] pdf, Process process) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(pdf);
        } catch (IOException _) { // it ended without reading all: its code says why
        }
    }

    private static List<String> command() {
        String path =
                Stream.of(
                                PdfMain.class,
                                Loader.class,
                                RandomAccessRead.class,
                                TTFParser.class,
                                LogFactory.class)
                        .map(PdfProcess::place)
                        .distinct()
                        .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                "-Dpdfbox.fontcache=" + System.getProperty("java.io.tmpdir"),
                "-cp",
                path,
                PdfMain.class.getName());
    }

    /// Where a class is, also where modules are.
    private static String place(Class<?> type) {
        URI at = URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
        return Path.of(at).toString();
    }

    /// What came of a process.
    static Documents.Text text(int code, byte[] told) throws DocumentException {
        switch (code) {
            case PdfMain.READ -> {}
            case PdfMain.TOO_LONG -> Documents.checkLength(Integer.MAX_VALUE);
            case PdfMain.LOCKED ->
                    throw new DocumentException(
                            "a PDF with a password, expected one without; save it anew");
            case PdfMain.DAMAGED ->
                    throw new DocumentException(
                            "a damaged PDF, expected one that readers open; save it anew");
            case OUT_OF_MEMORY ->
                    throw new DocumentException(
                            "a PDF that takes too much memory, expected a smaller one; send a part of it");
            default ->
                    throw new DocumentException(
                            "a PDF that took more than %d seconds or cannot be read, expected a simpler one; send a part of it"
                                    .formatted(LONGEST.toSeconds()));
        }
        String all = new String(told, StandardCharsets.UTF_8);
        int line = all.indexOf('\n');
        return new Documents.Text(
                all.substring(line + 1), OptionalInt.of(Integer.parseInt(all.substring(0, line))));
    }
}
