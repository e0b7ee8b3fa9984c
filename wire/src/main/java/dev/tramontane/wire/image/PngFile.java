package dev.tramontane.wire.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/// PNG's container (W3C, third edition, section 5): a signature, then chunks of length, name, data
/// and checksum. What pixels are made of is the header, the palette, transparency and the data.
final class PngFile {
    private static final String FORMAT = "PNG";
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int HEADER_BYTES = 13;

    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;
    private static final int TRNS = 0x74524e53;
    private static final int EXIF = 0x65584966;

    private final ByteBuffer file;
    private final ByteArrayOutputStream essentials = new ByteArrayOutputStream();
    private int orientation = Orientation.UPRIGHT;

    private PngFile(byte[] file) {
        this.file = ByteBuffer.wrap(file).position(SIGNATURE.length);
        essentials.write(SIGNATURE, 0, SIGNATURE.length);
    }

    static boolean matches(byte[] file) {
        return Bytes.startsWith(file, SIGNATURE);
    }

    static Essentials read(byte[] file) throws ImageFault {
        return new PngFile(file).read();
    }

    private Essentials read() throws ImageFault {
        ByteBuffer header = chunk();
        if (header.getInt(4) != IHDR || header.getInt(0) != HEADER_BYTES) {
            throw ImageFault.damaged(FORMAT);
        }
        keep(header);
        boolean hasData = false;
        for (ByteBuffer chunk = chunk(); ; chunk = chunk()) {
            switch (chunk.getInt(4)) {
                case IHDR -> throw ImageFault.damaged(FORMAT);
                case PLTE, TRNS -> keep(chunk);
                case IDAT -> {
                    hasData = true;
                    keep(chunk);
                }
                case EXIF -> orientation = Orientation.read(data(chunk));
                case IEND -> {
                    keep(chunk);
                    if (!hasData) {
                        throw ImageFault.damaged(FORMAT);
                    }
                    return essentials(header);
                }
                default -> {} // colour management, texts, animation
            }
        }
    }

    private Essentials essentials(ByteBuffer header) {
        var size = new Essentials.Size(header.getInt(8), header.getInt(12));
        int depth = header.get(16);
        int samples = switch (header.get(17)) { // colour type, table 8
                    case 2 -> 3;
                    case 4 -> 2;
                    case 6 -> 4;
                    default -> 1;
                };
        return new Essentials(
                FORMAT,
                size,
                Essentials.Frame.all(size),
                orientation,
                samples * (depth > 8 ? 2 : 1),
                essentials.toByteArray());
    }

    /// The next chunk, from its length to its checksum.
    private ByteBuffer chunk() throws ImageFault {
        if (file.remaining() < 12) {
            throw ImageFault.truncated(FORMAT);
        }
        int length = file.getInt(file.position());
        if (length < 0 || length > file.remaining() - 12) {
            throw ImageFault.truncated(FORMAT);
        }
        ByteBuffer chunk = file.slice(file.position(), length + 12);
        file.position(file.position() + length + 12);
        return chunk;
    }

    private static ByteBuffer data(ByteBuffer chunk) {
        return chunk.slice(8, chunk.limit() - 12);
    }

    /// Of what is kept, the checksum must be right.
    private void keep(ByteBuffer chunk) throws ImageFault {
        var checksum = new CRC32();
        checksum.update(chunk.slice(4, chunk.limit() - 8));
        if ((int) checksum.getValue() != chunk.getInt(chunk.limit() - 4)) {
            throw ImageFault.damaged(FORMAT);
        }
        essentials.write(chunk.array(), chunk.arrayOffset(), chunk.limit());
    }
}
