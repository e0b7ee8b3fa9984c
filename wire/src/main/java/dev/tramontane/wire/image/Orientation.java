package dev.tramontane.wire.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// How a camera was held: EXIF 2.32, 4.6.4, tag 0x0112, one of eight ways to turn and mirror.
final class Orientation {
    /// As the pixels lie.
    static final int UPRIGHT = 1;

    /// From here on, rows of the file are columns of the picture.
    private static final int FIRST_ON_ITS_SIDE = 5;

    private static final int LAST = 8;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;
    private static final int LITTLE_ENDIAN = 0x4949;
    private static final int BIG_ENDIAN = 0x4d4d;
    private static final int ENTRY_BYTES = 12;

    private Orientation() {}

    /// The orientation that a TIFF block tells; upright where it tells none, or is broken: the
    /// picture is there all the same.
    static int read(ByteBuffer tiff) {
        if (tiff.limit() < 8) {
            return UPRIGHT;
        }
        switch (tiff.getShort(0)) {
            case LITTLE_ENDIAN -> tiff.order(ByteOrder.LITTLE_ENDIAN);
            case BIG_ENDIAN -> tiff.order(ByteOrder.BIG_ENDIAN);
            default -> {
                return UPRIGHT;
            }
        }
        int directory = tiff.getInt(4);
        if (directory < 8 || directory > tiff.limit() - 2) {
            return UPRIGHT;
        }
        int entries = tiff.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int at = directory + 2 + i * ENTRY_BYTES;
            if (at > tiff.limit() - ENTRY_BYTES) {
                return UPRIGHT;
            }
            if (tiff.getShort(at) == TAG && tiff.getShort(at + 2) == SHORT) {
                int told = tiff.getShort(at + 8);
                return told >= UPRIGHT && told <= LAST ? told : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    /// Whether width and height change places.
    static boolean isOnItsSide(int orientation) {
        return orientation >= FIRST_ON_ITS_SIDE;
    }

    /// Where the pixels of a file's row lie in the picture: the first one, and how far apart.
    record Path(int start, int step) {}

    /// The path of a row, in pixels of the picture from its top left.
    ///
    /// @param row of the file
    /// @param width of the file's image
    /// @param height of the file's image
    static Path path(int orientation, int row, int width, int height) {
        int below = height - 1 - row;
        return switch (orientation) {
            case 2 -> new Path((row + 1) * width - 1, -1);
            case 3 -> new Path((below + 1) * width - 1, -1);
            case 4 -> new Path(below * width, 1);
            case 5 -> new Path(row, height);
            case 6 -> new Path(below, height);
            case 7 -> new Path((width - 1) * height + below, -height);
            case 8 -> new Path((width - 1) * height + row, -height);
            default -> new Path(row * width, 1);
        };
    }
}
