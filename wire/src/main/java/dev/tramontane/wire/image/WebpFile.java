package dev.tramontane.wire.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/// WebP's container (RFC 9649, section 2): RIFF chunks of name, length and data. What pixels are
/// made of is one bitstream, with its transparency; of an animation the first frame's.
final class WebpFile {
    private static final String FORMAT = "WebP";
    private static final int RIFF_BYTES = 12;
    private static final int CHUNK_BYTES = 8;
    private static final int EXTENDED_BYTES = 10;
    private static final int FRAME_BYTES = 16;
    private static final int ALPHA_FLAG = 0x10;

    private static final int EXTENDED = name("VP8X");
    private static final int LOSSY = name("VP8 ");
    private static final int LOSSLESS = name("VP8L");
    private static final int ALPHA = name("ALPH");
    private static final int FRAME = name("ANMF");
    private static final int EXIF = name("EXIF");

    private WebpFile() {}

    static boolean matches(byte[] file) {
        return Bytes.has(file, 0, "RIFF") && Bytes.has(file, 8, "WEBP");
    }

    static Essentials read(byte[] file) throws ImageFault {
        ByteBuffer riff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long told = Integer.toUnsignedLong(riff.getInt(4)) + CHUNK_BYTES;
        if (told > file.length || told < RIFF_BYTES) {
            throw ImageFault.truncated(FORMAT);
        }
        Map<Integer, ByteBuffer> chunks = chunks(riff.slice(RIFF_BYTES, (int) told - RIFF_BYTES));
        ByteBuffer frame = chunks.get(FRAME);
        int orientation =
                chunks.containsKey(EXIF)
                        ? Orientation.read(tiff(chunks.get(EXIF)))
                        : Orientation.UPRIGHT;
        if (frame == null) {
            Essentials.Size size = size(chunks);
            return essentials(size, Essentials.Frame.all(size), orientation, chunks);
        }
        ByteBuffer canvas = chunks.get(EXTENDED);
        if (canvas == null || canvas.limit() < EXTENDED_BYTES || frame.limit() < FRAME_BYTES) {
            throw ImageFault.damaged(FORMAT);
        }
        var screen = new Essentials.Size(number(canvas, 4) + 1, number(canvas, 7) + 1);
        var place =
                new Essentials.Frame(
                        number(frame, 0) * 2,
                        number(frame, 3) * 2,
                        number(frame, 6) + 1,
                        number(frame, 9) + 1);
        Map<Integer, ByteBuffer> parts =
                chunks(frame.slice(FRAME_BYTES, frame.limit() - FRAME_BYTES));
        Essentials.Size size = size(parts);
        boolean fits =
                size.width() == place.width()
                        && size.height() == place.height()
                        && place.x() + place.width() <= screen.width()
                        && place.y() + place.height() <= screen.height();
        if (!fits) {
            throw ImageFault.damaged(FORMAT);
        }
        return essentials(screen, place, orientation, parts);
    }

    /// The first chunk of each name.
    private static Map<Integer, ByteBuffer> chunks(ByteBuffer all) throws ImageFault {
        all.order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, ByteBuffer> chunks = new HashMap<>();
        int at = 0;
        while (at <= all.limit() - CHUNK_BYTES) {
            long length = Integer.toUnsignedLong(all.getInt(at + 4));
            if (length > all.limit() - at - CHUNK_BYTES) {
                throw ImageFault.truncated(FORMAT);
            }
            ByteBuffer data = all.slice(at + CHUNK_BYTES, (int) length);
            chunks.putIfAbsent(all.getInt(at), data.order(ByteOrder.LITTLE_ENDIAN));
            at += CHUNK_BYTES + (int) (length + (length & 1)); // chunks have even lengths
        }
        return chunks;
    }

    /// RFC 6386, 9.1, and RFC 9649, 3.4: where the bitstreams tell their size.
    private static Essentials.Size size(Map<Integer, ByteBuffer> parts) throws ImageFault {
        ByteBuffer lossy = parts.get(LOSSY);
        if (lossy != null) {
            if (lossy.limit() < 10 || number(lossy, 3) != 0x2a019d) {
                throw ImageFault.damaged(FORMAT);
            }
            return new Essentials.Size(lossy.getShort(6) & 0x3fff, lossy.getShort(8) & 0x3fff);
        }
        ByteBuffer lossless = parts.get(LOSSLESS);
        if (lossless == null || lossless.limit() < 5 || lossless.get(0) != 0x2f) {
            throw ImageFault.damaged(FORMAT);
        }
        int bits = lossless.getInt(1);
        return new Essentials.Size((bits & 0x3fff) + 1, (bits >>> 14 & 0x3fff) + 1);
    }

    private static Essentials essentials(
            Essentials.Size size,
            Essentials.Frame frame,
            int orientation,
            Map<Integer, ByteBuffer> parts) {
        var file = new ByteArrayOutputStream();
        ByteBuffer alpha = parts.get(ALPHA);
        ByteBuffer lossy = parts.get(LOSSY);
        ByteBuffer lossless = parts.get(LOSSLESS);
        if (lossy != null) {
            if (alpha != null) {
                write(file, EXTENDED, extended(frame));
                write(file, ALPHA, alpha);
            }
            write(file, LOSSY, lossy);
        } else if (lossless != null) {
            write(file, LOSSLESS, lossless);
        }
        byte[] chunks = file.toByteArray();
        ByteBuffer whole =
                ByteBuffer.allocate(RIFF_BYTES + chunks.length).order(ByteOrder.LITTLE_ENDIAN);
        whole.putInt(name("RIFF")).putInt(chunks.length + 4).putInt(name("WEBP")).put(chunks);
        return new Essentials(FORMAT, size, frame, orientation, 4, whole.array());
    }

    private static ByteBuffer extended(Essentials.Frame frame) {
        ByteBuffer header = ByteBuffer.allocate(EXTENDED_BYTES + 2).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(0, ALPHA_FLAG);
        header.putInt(4, frame.width() - 1);
        header.putInt(7, frame.height() - 1);
        return header.limit(EXTENDED_BYTES);
    }

    private static void write(ByteArrayOutputStream file, int name, ByteBuffer data) {
        ByteBuffer header = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(name).putInt(data.limit());
        file.writeBytes(header.array());
        file.write(data.array(), data.arrayOffset(), data.limit());
        if ((data.limit() & 1) != 0) {
            file.write(0);
        }
    }

    /// Some writers put JPEG's mark in front.
    private static ByteBuffer tiff(ByteBuffer exif) {
        boolean marked = exif.limit() >= 6 && exif.getInt(0) == name("Exif");
        return marked ? exif.slice(6, exif.limit() - 6) : exif;
    }

    /// 24 bits.
    private static int number(ByteBuffer data, int at) {
        return (data.getShort(at) & 0xffff) | (data.get(at + 2) & 0xff) << 16;
    }

    private static int name(String text) {
        return text.charAt(0) | text.charAt(1) << 8 | text.charAt(2) << 16 | text.charAt(3) << 24;
    }
}
