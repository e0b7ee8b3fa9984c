package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// Seeded damage to the bytes of a file: flipped bits, overwritten numbers, cuts and splices.
final class Mutations {
    /// Of each kind of file; `-Dtramontane.mutations=1000000` for the long form.
    static final int MANY = Integer.getInteger("tramontane.mutations", 100_000);

    /// Of the small JSON files beside them.
    static final int FEWER = Math.max(1, MANY / 20);

    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        31,
        64,
        255,
        65_536,
        Integer.MAX_VALUE,
        1L << 31,
        (1L << 31) + 1,
        (1L << 32) - 1,
        1L << 32,
        (1L << 32) + 1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1
    };

    private static final String[] JSON_VALUES = {
        "0",
        "-1",
        "1",
        "2147483648",
        "4294967295",
        "9223372036854775808",
        "1e308",
        "1e999",
        "-0.0",
        "1e-320",
        "null",
        "true",
        "false",
        "\"\"",
        "\"../x\"",
        "[]",
        "{}",
        "[1]",
        "NaN",
        "[[[[[[[[]]]]]]]]",
        "1".repeat(90)
    };

    private final SplittableRandom random;

    Mutations(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// Opens a file damaged in many ways: some open still, some are refused.
    ///
    /// @throws AssertionError when one does neither
    static void openAll(byte[] original, int count, UnaryOperator<byte[]> mutation, Damage damage)
            throws IOException {
        damage.of(original).open();
        int opened = 0;
        for (int i = 0; i < count; i++) {
            byte[] mutated = mutation.apply(original);
            opened += Opening.of("mutation " + i, mutated.length, damage.of(mutated)) ? 1 : 0;
        }
        assertTrue(opened > 0 && opened < count, opened + " opened");
    }

    /// One to four random changes, most of them within the first `head` bytes.
    byte[] mutate(byte[] original, int head) {
        byte[] bytes = original.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 16; i++) {
            bytes = change(bytes, Math.min(head, bytes.length));
        }
        return bytes;
    }

    /// The same for text, with changes that leave it valid JSON more often.
    byte[] mutateJson(byte[] original) {
        if (random.nextInt(3) == 0) {
            return mutate(original, original.length);
        }
        String text = new String(original, StandardCharsets.UTF_8);
        int from = text.indexOf("\":", random.nextInt(text.length())) + 2;
        int to = from;
        while (to < text.length() && ",}]\n".indexOf(text.charAt(to)) < 0) {
            to++;
        }
        String value = JSON_VALUES[random.nextInt(JSON_VALUES.length)];
        return from < 2
                ? original
                : (text.substring(0, from) + value + text.substring(to))
                        .getBytes(StandardCharsets.UTF_8);
    }

    /// A text that begins as one does and ends as another, changed or not.
    byte[] mutateText(byte[] one, byte[] other) {
        byte[] text = one;
        if (random.nextInt(2) == 0) {
            int from = random.nextInt(other.length + 1);
            byte[] end = Arrays.copyOfRange(other, from, other.length);
            text = splice(one, random.nextInt(one.length + 1), one.length, end);
        }
        return random.nextInt(3) == 0 ? text : mutate(text, text.length);
    }

    private byte[] change(byte[] bytes, int head) {
        int at = random.nextInt(random.nextInt(10) == 0 ? bytes.length : head);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> number(bytes, at, 4);
            case 3 -> number(bytes, at, 8);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                int length = Math.min(1 + random.nextInt(64), bytes.length - at);
                return splice(bytes, at, at + length, new byte[0]);
            }
            default -> {
                int from = random.nextInt(bytes.length);
                int length = Math.min(1 + random.nextInt(64), bytes.length - from);
                return splice(bytes, at, at, Arrays.copyOfRange(bytes, from, from + length));
            }
        }
        return bytes;
    }

    private void number(byte[] bytes, int at, int width) {
        byte[] number =
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(NUMBERS[random.nextInt(NUMBERS.length)])
                        .array();
        System.arraycopy(number, 0, bytes, at, Math.min(width, bytes.length - at));
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] between) {
        return ByteBuffer.allocate(bytes.length - (to - from) + between.length)
                .put(bytes, 0, from)
                .put(between)
                .put(bytes, to, bytes.length - to)
                .array();
    }
}
