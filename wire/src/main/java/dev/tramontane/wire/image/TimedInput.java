package dev.tramontane.wire.image;

import java.io.IOException;

import javax.imageio.stream.ImageInputStreamImpl;

/// A file in memory that can be read until a moment: every decoder goes on reading while it works,
/// so none works much longer.
final class TimedInput extends ImageInputStreamImpl {
    private final byte[] file;
    private final long endNanos;
    private boolean late;

    /// @param endNanos as of `System.nanoTime()`
    TimedInput(byte[] file, long endNanos) {
        this.file = file;
        this.endNanos = endNanos;
    }

    /// Whether the moment came while something was still to be read: decoders wrap what is thrown.
    boolean isLate() {
        return late;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
        if (System.nanoTime() - endNanos > 0) {
            late = true;
            throw new IOException("the moment has come");
        }
        bitOffset = 0;
        int left = file.length - (int) Math.min(streamPos, file.length);
        if (left == 0) {
            return -1;
        }
        int count = Math.min(left, most);
        System.arraycopy(file, (int) streamPos, to, from, count);
        streamPos += count;
        return count;
    }

    @Override
    public long length() {
        return file.length;
    }
}
