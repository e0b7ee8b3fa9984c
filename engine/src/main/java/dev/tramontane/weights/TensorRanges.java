package dev.tramontane.weights;

import dev.tramontane.weights.WeightsFile.TensorInfo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What holds for the byte ranges of tensors in every kind of file.
final class TensorRanges {
    private static final int LONGEST_SHOWN_NAME = 80;

    private TensorRanges() {}

    /// Bytes of a tensor, by exact arithmetic.
    ///
    /// @param shape outermost first, nothing zero
    static long bytes(String location, String name, int blockLength, int blockBytes, long[] shape) {
        try {
            long values = 1;
            for (long size : shape) {
                if (size <= 0) {
                    throw refused(location, name, shape, "no dimension of zero or less");
                }
                values = Math.multiplyExact(values, size);
            }
            if (shape.length > 0 && shape[shape.length - 1] % blockLength != 0) {
                throw refused(location, name, shape, "rows of whole blocks of " + blockLength);
            }
            return Math.multiplyExact(values / blockLength, (long) blockBytes);
        } catch (ArithmeticException _) {
            throw refused(location, name, shape, "fewer than 2^63 bytes");
        }
    }

    static void refuseOverlaps(String location, Collection<TensorInfo> tensors) {
        List<TensorInfo> byOffset = new ArrayList<>(tensors);
        byOffset.sort(Comparator.comparingLong(TensorInfo::offset));
        for (int i = 1; i < byOffset.size(); i++) {
            TensorInfo before = byOffset.get(i - 1);
            TensorInfo after = byOffset.get(i);
            if (before.offset() + before.bytes() > after.offset()) {
                throw new ModelFormatException(
                        "%s: tensors %s and %s overlap at byte %d; the file is damaged: get it again"
                                .formatted(
                                        location,
                                        printable(before.name()),
                                        printable(after.name()),
                                        after.offset()));
            }
        }
    }

    /// A name from a file, fit for a message: short and printable.
    static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints()
                .limit(LONGEST_SHOWN_NAME)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(text::appendCodePoint);
        return text.length() < name.length() ? text.append('…').toString() : text.toString();
    }

    private static ModelFormatException refused(
            String location, String name, long[] shape, String expected) {
        return new ModelFormatException(
                "%s: tensor %s has the shape %s, expected %s; the file is damaged: get it again"
                        .formatted(location, printable(name), Arrays.toString(shape), expected));
    }
}
