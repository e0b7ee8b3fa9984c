package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// Writes a GGUF file, version 3.
///
/// Entries and tensors are collected first; {@link #write} then streams: a tensor's rows are asked
/// for when their turn comes, a few at a time, so converting a model needs little memory. The file
/// appears under its name only when it is complete.
public final class GgufWriter {
    private static final int ALIGNMENT = 32;
    private static final int VERSION = 3;

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Map<String, Part> tensors = new LinkedHashMap<>();

    /// A tensor whose bytes come later.
    private record Part(DType type, long[] shape, long bytes, Content content) {}

    /// What gives a tensor's rows, all of them, in order.
    public interface Content {
        void writeTo(Rows rows) throws IOException;
    }

    /// What takes a tensor's rows.
    public interface Rows {
        /// Takes the next rows, of the tensor's own type; their memory may be used again
        /// afterwards.
        void append(Tensor rows) throws IOException;
    }

    /// A string.
    public GgufWriter put(String key, String value) {
        return put(key, GgufType.STRING, value);
    }

    /// A boolean.
    public GgufWriter put(String key, boolean value) {
        return put(key, GgufType.BOOL, value);
    }

    /// A uint32, the type of all counts and ids.
    public GgufWriter put(String key, int value) {
        return put(key, GgufType.UINT32, value);
    }

    /// A float32.
    public GgufWriter put(String key, float value) {
        return put(key, GgufType.FLOAT32, value);
    }

    /// An array of strings.
    public GgufWriter put(String key, List<String> values) {
        return put(key, GgufType.STRING, values);
    }

    /// An array of int32.
    public GgufWriter put(String key, int[] values) {
        List<Integer> boxed = new ArrayList<>(values.length);
        for (int value : values) {
            boxed.add(value);
        }
        return put(key, GgufType.INT32, boxed);
    }

    /// An array of float32.
    public GgufWriter put(String key, float[] values) {
        List<Float> boxed = new ArrayList<>(values.length);
        for (float value : values) {
            boxed.add(value);
        }
        return put(key, GgufType.FLOAT32, boxed);
    }

    /// A value of any type: a `Number`, `Boolean` or `String`.
    GgufWriter put(String key, GgufType type, Object value) {
        Bytes bytes = new Bytes();
        bytes.u32(type.id());
        bytes.value(type, value);
        return entry(key, bytes);
    }

    /// An array of values of any type; arrays in arrays are lists again, of strings.
    GgufWriter put(String key, GgufType elementType, List<?> values) {
        Bytes bytes = new Bytes();
        bytes.u32(GgufType.ARRAY.id());
        bytes.array(elementType, values);
        return entry(key, bytes);
    }

    /// An entry as another file has it, of whatever type.
    ///
    /// @throws IllegalArgumentException when it is not there, or the metadata is of no file
    public GgufWriter copy(Metadata metadata, String key) {
        MemorySegment encoded =
                metadata.encoded(key)
                        .orElseThrow(() -> new IllegalArgumentException("no entry " + key));
        Bytes bytes = new Bytes();
        bytes.writeBytes(encoded.toArray(ValueLayout.JAVA_BYTE));
        return entry(key, bytes);
    }

    /// A tensor as it is; one row is written as a vector.
    public GgufWriter add(String name, Tensor tensor) {
        long[] shape =
                tensor.rows() == 1
                        ? new long[] {tensor.cols()}
                        : new long[] {tensor.rows(), tensor.cols()};
        return add(name, tensor.type(), shape, rows -> rows.append(tensor));
    }

    /// A tensor whose bytes are made when they are written, in row order.
    ///
    /// @param shape outermost first
    public GgufWriter add(String name, DType type, long[] shape, Content content) {
        if (!type.isInGguf()) {
            throw new IllegalArgumentException(name + " is " + type + ", which GGUF does not have");
        }
        long rows = 1;
        for (int i = 0; i < shape.length - 1; i++) {
            rows = Math.multiplyExact(rows, shape[i]);
        }
        long bytes = Math.multiplyExact(rows, type.bytes(shape[shape.length - 1]));
        if (tensors.putIfAbsent(name, new Part(type, shape, bytes, content)) != null) {
            throw new IllegalArgumentException("two tensors " + name);
        }
        return this;
    }

    /// Bytes of the whole file.
    public long bytes() {
        long bytes = head().size();
        for (Part tensor : tensors.values()) {
            bytes += padded(tensor.bytes);
        }
        return bytes;
    }

    /// How many of the tensors are of each type, in the order of their first.
    public Map<DType, Integer> types() {
        Map<DType, Integer> types = new LinkedHashMap<>();
        tensors.values().forEach(tensor -> types.merge(tensor.type, 1, Integer::sum));
        return types;
    }

    /// Writes the file, replacing one that is there.
    public void write(Path path) throws IOException {
        write(path, true, _ -> {});
    }

    /// Writes the file.
    ///
    /// @param replace whether one that is there may go
    /// @param progress is told the bytes written so far, several times a second; what it throws
    ///   ends the writing and leaves no file
    /// @throws java.nio.file.FileAlreadyExistsException when one is there and may not go
    public void write(Path path, boolean replace, LongConsumer progress) throws IOException {
        NewFile.write(
                path,
                replace,
                channel -> {
                    NewFile.append(channel, MemorySegment.ofArray(head().toByteArray()));
                    for (Map.Entry<String, Part> tensor : tensors.entrySet()) {
                        append(channel, tensor.getKey(), tensor.getValue(), progress);
                    }
                });
    }

    private GgufWriter entry(String key, Bytes bytes) {
        if (entries.putIfAbsent(key, bytes.toByteArray()) != null) {
            throw new IllegalArgumentException("two entries " + key);
        }
        return this;
    }

    private Bytes head() {
        Bytes head = new Bytes();
        head.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        head.u32(VERSION);
        head.u64(tensors.size());
        head.u64(entries.size());
        entries.forEach(
                (key, value) -> {
                    head.text(key);
                    head.writeBytes(value);
                });
        long offset = 0;
        for (Map.Entry<String, Part> tensor : tensors.entrySet()) {
            Part part = tensor.getValue();
            head.text(tensor.getKey());
            head.u32(part.shape.length);
            for (int i = part.shape.length - 1; i >= 0; i--) {
                head.u64(part.shape[i]);
            }
            head.u32(part.type.ggufId());
            head.u64(offset);
            offset += padded(part.bytes);
        }
        head.writeBytes(new byte[(int) (padded(head.size()) - head.size())]);
        return head;
    }

    private static void append(FileChannel channel, String name, Part part, LongConsumer progress)
            throws IOException {
        long start = channel.position();
        part.content.writeTo(
                rows -> {
                    if (rows.type() != part.type) {
                        throw new IllegalArgumentException(
                                "tensor %s has rows of %s, expected %s"
                                        .formatted(name, rows.type(), part.type));
                    }
                    NewFile.append(channel, rows.data());
                    progress.accept(channel.position());
                });
        long written = channel.position() - start;
        if (written != part.bytes) {
            throw new IllegalArgumentException(
                    "tensor %s has %d bytes, expected %d".formatted(name, written, part.bytes));
        }
        NewFile.append(
                channel, MemorySegment.ofArray(new byte[(int) (padded(part.bytes) - part.bytes)]));
        progress.accept(channel.position());
    }

    private static long padded(long bytes) {
        return bytes + (-bytes & (ALIGNMENT - 1));
    }

    /// Little-endian numbers, one after the other.
    private static final class Bytes extends ByteArrayOutputStream {
        void u32(int value) {
            little(4, value);
        }

        void u64(long value) {
            little(8, value);
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            u64(utf8.length);
            writeBytes(utf8);
        }

        void array(GgufType type, List<?> values) {
            u32(type.id());
            u64(values.size());
            for (Object value : values) {
                value(type, value);
            }
        }

        void value(GgufType type, Object value) {
            switch (type) {
                case UINT8, INT8 -> little(1, ((Number) value).longValue());
                case UINT16, INT16 -> little(2, ((Number) value).longValue());
                case UINT32, INT32 -> little(4, ((Number) value).longValue());
                case UINT64, INT64 -> little(8, ((Number) value).longValue());
                case FLOAT32 -> little(4, Float.floatToRawIntBits(((Number) value).floatValue()));
                case FLOAT64 ->
                        little(8, Double.doubleToRawLongBits(((Number) value).doubleValue()));
                case BOOL -> little(1, (Boolean) value ? 1 : 0);
                case STRING -> text((String) value);
                case ARRAY -> array(GgufType.STRING, (List<?>) value);
            }
        }

        private void little(int bytes, long value) {
            byte[] all =
                    ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
            write(all, 0, bytes);
        }
    }
}
