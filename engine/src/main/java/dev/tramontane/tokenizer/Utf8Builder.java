package dev.tramontane.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A text in the making as UTF-8 bytes, which may become as long as texts may be.
final class Utf8Builder {
    private static final int BYTES_A_CHAR = 3;

    private byte[] bytes;
    private int length;

    Utf8Builder(int capacity) {
        bytes = new byte[capacity + 16];
    }

    void append(byte b) {
        makeRoom(1);
        bytes[length++] = b;
    }

    void append(byte[] source, int from, int to) {
        makeRoom(to - from);
        System.arraycopy(source, from, bytes, length, to - from);
        length += to - from;
    }

    int length() {
        return length;
    }

    private void makeRoom(int more) {
        if (more > bytes.length - length) {
            Utf8.checkLength((length + more) / BYTES_A_CHAR);
            bytes = Arrays.copyOf(bytes, Math.max(length + more, length + (length >> 1)));
        }
    }

    Utf8 build() {
        return new Utf8(Arrays.copyOf(bytes, length + TokenTable.PADDING), length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
