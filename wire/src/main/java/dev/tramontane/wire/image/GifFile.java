package dev.tramontane.wire.image;

import java.io.ByteArrayOutputStream;

/// GIF's container (GIF89a specification, sections 18 to 26): a screen, then blocks. What pixels
/// are made of is the first image, with the transparency that a block before it tells.
final class GifFile {
    private static final String FORMAT = "GIF";
    private static final int SCREEN_BYTES = 13;
    private static final int IMAGE_BYTES = 10;

    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int IMAGE = 0x2c;
    private static final int TRAILER = 0x3b;

    private final byte[] file;
    private final ByteArrayOutputStream essentials = new ByteArrayOutputStream();
    private int at;

    private GifFile(byte[] file) {
        this.file = file;
    }

    static boolean matches(byte[] file) {
        return Bytes.has(file, 0, "GIF87a") || Bytes.has(file, 0, "GIF89a");
    }

    static Essentials read(byte[] file) throws ImageFault {
        return new GifFile(file).read();
    }

    private Essentials read() throws ImageFault {
        keep(SCREEN_BYTES);
        keep(colourTable(Bytes.at(file, 10)));
        int control = -1;
        while (true) {
            require(1);
            switch (Bytes.at(file, at)) {
                case EXTENSION -> {
                    require(2);
                    if (Bytes.at(file, at + 1) == GRAPHIC_CONTROL) {
                        control = at;
                    }
                    at = endOfBlocks(at + 2);
                }
                case IMAGE -> {
                    return image(control);
                }
                default -> throw ImageFault.damaged(FORMAT); // a trailer before any image, too
            }
        }
    }

    /// @param control where the block that tells the transparency begins; negative without any
    private Essentials image(int control) throws ImageFault {
        if (control >= 0) {
            essentials.write(file, control, endOfBlocks(control + 2) - control);
        }
        require(IMAGE_BYTES);
        var frame =
                new Essentials.Frame(
                        number(at + 1), number(at + 3), number(at + 5), number(at + 7));
        int table = colourTable(Bytes.at(file, at + 9));
        keep(IMAGE_BYTES + table);
        require(2); // the first code's size, and a block
        keep(endOfBlocks(at + 1) - at);
        essentials.write(TRAILER);
        var size =
                new Essentials.Size(
                        Math.max(number(6), frame.x() + frame.width()),
                        Math.max(number(8), frame.y() + frame.height()));
        return new Essentials(
                FORMAT, size, frame, Orientation.UPRIGHT, 1, essentials.toByteArray());
    }

    /// Bytes of the colour table that a field of flags tells of.
    private static int colourTable(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private int number(int place) {
        return Bytes.at(file, place) | Bytes.at(file, place + 1) << 8;
    }

    /// Behind a row of sub-blocks, each with its length in front, of which the last is empty.
    private int endOfBlocks(int from) throws ImageFault {
        int place = from;
        while (place < file.length) {
            int length = Bytes.at(file, place);
            place += 1 + length;
            if (length == 0) {
                return place;
            }
        }
        throw ImageFault.truncated(FORMAT);
    }

    private void require(int bytes) throws ImageFault {
        if (bytes > file.length - at) {
            throw ImageFault.truncated(FORMAT);
        }
    }

    private void keep(int bytes) throws ImageFault {
        require(bytes);
        essentials.write(file, at, bytes);
        at += bytes;
    }
}
