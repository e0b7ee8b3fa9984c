package dev.tramontane.wire.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/// JPEG's container (ITU-T T.81, annex B): markers, most with a segment behind them. What pixels
/// are made of is the frame, the tables and the scans; how its components are to be seen is told by
/// the segments of applications, which are read here and left out.
final class JpegFile {
    private static final String FORMAT = "JPEG";

    private static final int BASELINE = 0xc0;
    private static final int PROGRESSIVE = 0xc2;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int ARITHMETIC_CONDITIONING = 0xcc;
    private static final int LAST_FRAME = 0xcf;
    private static final int LAST_RESTART = 0xd7;
    private static final int START = 0xd8;
    private static final int END = 0xd9;
    private static final int SCAN = 0xda;
    private static final int QUANTISATION = 0xdb;
    private static final int LINES = 0xdc;
    private static final int RESTART_INTERVAL = 0xdd;
    private static final int JFIF = 0xe0;
    private static final int EXIF = 0xe1;
    private static final int ADOBE = 0xee;
    private static final byte[] SIGNATURE = {(byte) 0xff, (byte) START, (byte) 0xff};

    /// Usual encoders make ten; each one walks over the whole image.
    private static final int MOST_SCANS = 100;

    private final byte[] file;
    private final ByteArrayOutputStream essentials = new ByteArrayOutputStream();
    private final JpegColours.Hints hints = new JpegColours.Hints();
    private int orientation = Orientation.UPRIGHT;
    private int scans;
    private int frame = -1;
    private int at = 2;

    private JpegFile(byte[] file) {
        this.file = file;
    }

    /// @param colours how the components are to be seen
    record Read(Essentials essentials, JpegColours colours) {}

    static boolean matches(byte[] file) {
        return Bytes.startsWith(file, SIGNATURE);
    }

    static Read read(byte[] file) throws ImageFault {
        return new JpegFile(file).read();
    }

    private Read read() throws ImageFault {
        essentials.write(file, 0, 2);
        while (true) {
            int marker = marker();
            if (marker == END) {
                return whole();
            }
            int length = length();
            switch (marker) {
                case HUFFMAN_TABLES, QUANTISATION, RESTART_INTERVAL -> keep(length);
                case SCAN -> scan(length);
                case LINES, ARITHMETIC_CONDITIONING ->
                        throw ImageFault.unsupported(FORMAT, "of a rare kind");
                case JFIF -> hints.jfif(Bytes.has(file, at + 4, "JFIF\0"));
                case ADOBE -> adobe(length);
                case EXIF -> exif(length);
                default -> {
                    if (marker >= BASELINE && marker <= LAST_FRAME) {
                        frame(marker, length);
                    }
                }
            }
            at += 2 + length;
        }
    }

    /// The marker here; what fills the space before it is passed over.
    private int marker() throws ImageFault {
        while (Bytes.at(file, at) == 0xff && Bytes.at(file, at + 1) == 0xff) {
            at++;
        }
        if (at > file.length - 2) {
            throw ImageFault.truncated(FORMAT);
        }
        int marker = Bytes.at(file, at + 1);
        boolean standsAlone = marker > LAST_FRAME && marker <= START;
        if (Bytes.at(file, at) != 0xff || marker < BASELINE || standsAlone) {
            throw ImageFault.damaged(FORMAT);
        }
        return marker;
    }

    /// Bytes of the segment behind the marker, of which the length is part.
    private int length() throws ImageFault {
        int length = number(at + 2);
        if (at > file.length - 4 || length > file.length - at - 2) {
            throw ImageFault.truncated(FORMAT);
        }
        if (length < 2) {
            throw ImageFault.damaged(FORMAT);
        }
        return length;
    }

    private void frame(int marker, int length) throws ImageFault {
        if (marker > PROGRESSIVE) {
            throw ImageFault.unsupported(FORMAT, "of a rare kind");
        }
        int components = Bytes.at(file, at + 9);
        if (frame >= 0 || length != 8 + 3 * components) {
            throw ImageFault.damaged(FORMAT);
        }
        if (Bytes.at(file, at + 4) != 8) {
            throw ImageFault.unsupported(FORMAT, "with more than 8 bits a sample");
        }
        for (int i = 0; i < components; i++) {
            hints.component(Bytes.at(file, at + 10 + 3 * i));
        }
        frame = at;
        keep(length);
    }

    private void adobe(int length) {
        if (length >= 14 && Bytes.has(file, at + 4, "Adobe")) {
            hints.adobe(Bytes.at(file, at + 15));
        }
    }

    private void exif(int length) {
        boolean isFirst = orientation == Orientation.UPRIGHT;
        if (isFirst && length > 8 && Bytes.has(file, at + 4, "Exif\0\0")) {
            orientation = Orientation.read(ByteBuffer.wrap(file, at + 10, length - 8).slice());
        }
    }

    /// A scan's header, and the coded data up to the next marker.
    private void scan(int length) throws ImageFault {
        if (frame < 0) {
            throw ImageFault.damaged(FORMAT);
        }
        scans++;
        if (scans > MOST_SCANS) {
            throw ImageFault.unsupported(FORMAT, "of more than " + MOST_SCANS + " scans");
        }
        int end = at + 2 + length;
        while (!isMarker(end)) {
            if (end >= file.length) {
                throw ImageFault.truncated(FORMAT);
            }
            end++;
        }
        essentials.write(file, at, end - at);
        at = end - 2 - length;
    }

    /// Whether a marker other than a restart stands at a place; a zero behind 0xff is data.
    private boolean isMarker(int place) {
        int second = Bytes.at(file, place + 1);
        boolean isRestart = second > LAST_FRAME && second <= LAST_RESTART;
        return Bytes.at(file, place) == 0xff && second >= BASELINE && !isRestart;
    }

    private void keep(int length) {
        essentials.write(file, at, 2 + length);
    }

    private Read whole() throws ImageFault {
        if (scans == 0) {
            throw ImageFault.damaged(FORMAT);
        }
        essentials.write(0xff);
        essentials.write(END);
        var size = new Essentials.Size(number(frame + 7), number(frame + 5));
        JpegColours colours = hints.colours();
        int coefficients = Bytes.at(file, frame + 1) == PROGRESSIVE ? 2 : 0;
        return new Read(
                new Essentials(
                        FORMAT,
                        size,
                        Essentials.Frame.all(size),
                        orientation,
                        colours.components() * (1 + coefficients),
                        essentials.toByteArray()),
                colours);
    }

    private int number(int place) {
        return Bytes.at(file, place) << 8 | Bytes.at(file, place + 1);
    }
}
