package dev.tramontane.chat;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/// An image's size in pixels, read from the first bytes of a PNG or JPEG.
record ImageSize(int width, int height) {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /// Offset of the width in a PNG: signature, length and name of the first chunk.
    private static final int PNG_SIZE_OFFSET = 16;

    /// The size of the image in a `data:` address; empty when it holds no PNG or JPEG.
    static Optional<ImageSize> ofDataUrl(URI source) {
        String address = source.toString();
        int comma = address.indexOf(',');
        if (!address.startsWith("data:image") || comma < 0) {
            return Optional.empty();
        }
        try {
            return of(Base64.getMimeDecoder().decode(address.substring(comma + 1)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// The size of an image file; empty when it is no PNG or JPEG.
    static Optional<ImageSize> of(byte[] file) {
        if (file.length >= PNG_SIZE_OFFSET + 8
                && Arrays.equals(file, 0, PNG.length, PNG, 0, PNG.length)) {
            ByteBuffer header = ByteBuffer.wrap(file);
            return positive(header.getInt(PNG_SIZE_OFFSET), header.getInt(PNG_SIZE_OFFSET + 4));
        }
        return file.length > 3 && (file[0] & 0xff) == 0xff && (file[1] & 0xff) == 0xd8
                ? ofJpeg(ByteBuffer.wrap(file))
                : Optional.empty();
    }

    /// ITU-T T.81, B.2.2: segments `FF marker length`, the size stands in the start of the frame.
    private static Optional<ImageSize> ofJpeg(ByteBuffer file) {
        int at = 2;
        while (at + 9 <= file.limit() && (file.get(at) & 0xff) == 0xff) {
            int marker = file.get(at + 1) & 0xff;
            if (marker == 0xff) { // fill byte
                at++;
                continue;
            }
            boolean frame =
                    marker >= 0xc0
                            && marker <= 0xcf
                            && marker != 0xc4
                            && marker != 0xc8
                            && marker != 0xcc;
            if (frame) {
                return positive(file.getShort(at + 7) & 0xffff, file.getShort(at + 5) & 0xffff);
            }
            at += 2 + (file.getShort(at + 2) & 0xffff);
        }
        return Optional.empty();
    }

    private static Optional<ImageSize> positive(int width, int height) {
        return width > 0 && height > 0
                ? Optional.of(new ImageSize(width, height))
                : Optional.empty();
    }
}
