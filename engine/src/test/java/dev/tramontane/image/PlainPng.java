package dev.tramontane.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Reads the plainest PNGs (8 bits of red, green and blue, not interlaced), for tests below the
/// decoder. W3C PNG, third edition.
public final class PlainPng {
    private static final int SIGNATURE_BYTES = 8;
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int HEADER_BYTES = 13;

    /// Bit depth 8, colour type 2, deflate, the five filters, no interlacing.
    private static final byte[] PLAIN = {8, 2, 0, 0, 0};

    private PlainPng() {}

    /// The pixels; empty for a PNG of another kind.
    public static Optional<RgbImage> read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).position(SIGNATURE_BYTES);
        byte[] header = new byte[HEADER_BYTES];
        var packed = new ByteArrayOutputStream();
        while (bytes.hasRemaining()) {
            byte[] chunk = new byte[bytes.getInt()];
            int name = bytes.getInt();
            bytes.get(chunk).getInt(); // and the checksum
            if (name == IHDR) {
                header = chunk;
            } else if (name == IDAT) {
                packed.writeBytes(chunk);
            }
        }
        if (!Arrays.equals(header, 8, HEADER_BYTES, PLAIN, 0, PLAIN.length)) {
            return Optional.empty();
        }
        ByteBuffer size = ByteBuffer.wrap(header);
        return Optional.of(pixels(size.getInt(), size.getInt(), packed.toByteArray()));
    }

    private static RgbImage pixels(int width, int height, byte[] packed) {
        int row = width * RgbImage.CHANNELS;
        byte[] lines = new byte[(row + 1) * height];
        try (var inflater = new Inflater()) {
            inflater.setInput(packed);
            inflater.inflate(lines);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException(e);
        }
        byte[] pixels = new byte[row * height];
        for (int y = 0; y < height; y++) {
            for (int i = 0; i < row; i++) {
                int at = y * row + i;
                boolean first = i < RgbImage.CHANNELS;
                int left = first ? 0 : pixels[at - RgbImage.CHANNELS] & 0xff;
                int above = y == 0 ? 0 : pixels[at - row] & 0xff;
                int corner = first || y == 0 ? 0 : pixels[at - row - RgbImage.CHANNELS] & 0xff;
                int guess =
                        switch (lines[y * (row + 1)]) {
                            case 0 -> 0;
                            case 1 -> left;
                            case 2 -> above;
                            case 3 -> (left + above) / 2;
                            case 4 -> paeth(left, above, corner);
                            default -> throw new IllegalArgumentException("no such filter");
                        };
                pixels[at] = (byte) (lines[y * (row + 1) + 1 + i] + guess);
            }
        }
        return new RgbImage(width, height, pixels);
    }

    /// Section 9.4: the neighbour nearest to `left + above − corner`.
    private static int paeth(int left, int above, int corner) {
        int guess = left + above - corner;
        int toLeft = Math.abs(guess - left);
        int toAbove = Math.abs(guess - above);
        int toCorner = Math.abs(guess - corner);
        if (toLeft <= toAbove && toLeft <= toCorner) {
            return left;
        }
        return toAbove <= toCorner ? above : corner;
    }
}
