package dev.tramontane.image;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The name of an image's content: SHA-256 (FIPS 180-4) of its grid and of the numbers that the
/// encoder reads. Images of equal names look the same to every model with such patches.
///
/// @param first eight bytes of the digest; the others follow
public record ImageHash(long first, long second, long third, long fourth) {
    private static final int VALUES_AT_ONCE = 1 << 13;

    /// The name of an image: some tens of milliseconds for one of the largest size.
    public static ImageHash of(ImagePatches image) {
        MessageDigest digest = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * VALUES_AT_ONCE);
        buffer.putInt(image.rows()).putInt(image.columns()).putInt(image.patchSize());
        digest.update(buffer.flip());
        float[] values = image.values();
        for (int from = 0; from < values.length; from += VALUES_AT_ONCE) {
            int count = Math.min(VALUES_AT_ONCE, values.length - from);
            buffer.clear();
            buffer.asFloatBuffer().put(values, from, count);
            digest.update(buffer.limit(Float.BYTES * count));
        }
        ByteBuffer name = ByteBuffer.wrap(digest.digest());
        return new ImageHash(name.getLong(), name.getLong(), name.getLong(), name.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }
}
