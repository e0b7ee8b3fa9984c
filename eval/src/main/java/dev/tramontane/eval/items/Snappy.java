package dev.tramontane.eval.items;

import java.util.Optional;

/// Snappy's raw format, read: the length of the whole as a varint, then literals and copies of what
/// came before (google/snappy, format_description.txt).
final class Snappy {
    private Snappy() {}

    /// @param bytes length of the result, as told elsewhere
    /// @return empty when the input is damaged
    static Optional<byte[]> decode(byte[] input, int bytes) {
        int at = 0;
        long length = 0;
        for (int shift = 0; ; shift += 7) {
            if (at == input.length || shift > 28) {
                return Optional.empty();
            }
            int part = input[at++];
            length |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                break;
            }
        }
        return length == bytes ? elements(input, at, new byte[bytes]) : Optional.empty();
    }

    private static Optional<byte[]> elements(byte[] input, int from, byte[] out) {
        int at = from;
        int written = 0;
        while (at < input.length) {
            int tag = input[at++] & 0xff;
            int kind = tag & 3;
            if (kind == 0) {
                int size = tag >>> 2;
                int extra = Math.max(0, size - 59);
                if (extra > 0) {
                    size = extra <= input.length - at ? little(input, at, extra) : -1;
                    at += extra;
                }
                size++;
                if (size <= 0 || size > input.length - at || size > out.length - written) {
                    return Optional.empty();
                }
                System.arraycopy(input, at, out, written, size);
                at += size;
                written += size;
                continue;
            }
            int extra = kind == 3 ? 4 : kind;
            if (extra > input.length - at) {
                return Optional.empty();
            }
            int size = kind == 1 ? 4 + (tag >>> 2 & 7) : 1 + (tag >>> 2);
            int offset = little(input, at, extra) | (kind == 1 ? tag >>> 5 << 8 : 0);
            at += extra;
            if (offset <= 0 || offset > written || size > out.length - written) {
                return Optional.empty();
            }
            for (int i = 0; i < size; i++, written++) { // may overlap itself
                out[written] = out[written - offset];
            }
        }
        return written == out.length ? Optional.of(out) : Optional.empty();
    }

    private static int little(byte[] input, int at, int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (input[at + i] & 0xff) << 8 * i;
        }
        return value;
    }
}
