package dev.tramontane.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Where the numbers of a valid GGUF file lie, for tests that overwrite each of them.
final class GgufFields {
    private final ByteBuffer file;
    private final List<Field> fields = new ArrayList<>();

    /// A number of the head.
    ///
    /// @param bytes its width
    record Field(String name, int offset, int bytes) {
        /// A copy of `file` with another value here, its low bytes.
        byte[] set(byte[] file, long value) {
            byte[] copy = file.clone();
            for (int i = 0; i < bytes; i++) {
                copy[offset + i] = (byte) (value >> (8 * i));
            }
            return copy;
        }
    }

    private GgufFields(byte[] file) {
        this.file = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Every number before the tensor data. Of long arrays, the first element stands for all.
    static List<Field> of(byte[] file) {
        GgufFields walk = new GgufFields(file);
        walk.head();
        return walk.fields;
    }

    static Field field(byte[] file, String name) {
        return of(file).stream()
                .filter(field -> field.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no field " + name));
    }

    private void head() {
        number("magic", 4);
        number("version", 4);
        long tensors = number("tensors", 8);
        long entries = number("entries", 8);
        for (long i = 0; i < entries; i++) {
            String key = text("key " + i);
            value((int) number(key + " type", 4), key);
        }
        for (long i = 0; i < tensors; i++) {
            String name = text("tensor " + i);
            long dimensions = number(name + " dimensions", 4);
            for (int d = 0; d < dimensions; d++) {
                number(name + " size " + d, 8);
            }
            number(name + " type", 4);
            number(name + " offset", 8);
        }
    }

    private void value(int type, String key) {
        switch (GgufType.of(type).orElseThrow()) {
            case STRING -> text(key);
            case ARRAY -> {
                GgufType element = GgufType.of(number(key + " element type", 4)).orElseThrow();
                long count = number(key + " count", 8);
                for (long i = 0; i < count; i++) {
                    int kept = fields.size();
                    value(element.id(), key);
                    if (i > 0) {
                        fields.subList(kept, fields.size()).clear();
                    }
                }
            }
            case UINT8, INT8, BOOL -> number(key, 1);
            case UINT16, INT16 -> number(key, 2);
            case UINT32, INT32, FLOAT32 -> number(key, 4);
            case UINT64, INT64, FLOAT64 -> number(key, 8);
        }
    }

    private String text(String what) {
        byte[] utf8 = new byte[(int) number(what + " length", 8)];
        file.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private long number(String name, int bytes) {
        fields.add(new Field(name, file.position(), bytes));
        return switch (bytes) {
            case 1 -> file.get();
            case 2 -> file.getShort();
            case 4 -> file.getInt();
            default -> file.getLong();
        };
    }
}
