package dev.tramontane.weights;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes one safetensors file: F32, F16, BF16 and F8_E4M3 tensors in the order they were added.
///
/// Tensors may be made as they are written, so that a model's file takes the memory of one of them.
public final class SafetensorsWriter {
    private final Map<String, Part> tensors = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    /// A tensor whose bytes come later.
    private record Part(DType type, long[] shape, GgufWriter.Content content) {
        long bytes() {
            long rows = 1;
            for (int i = 0; i < shape.length - 1; i++) {
                rows = Math.multiplyExact(rows, shape[i]);
            }
            return Math.multiplyExact(rows, type.bytes(shape[shape.length - 1]));
        }
    }

    /// A tensor; one row is written as a vector. The scales of an FP8 tensor are another's to add.
    public SafetensorsWriter add(String name, Tensor tensor) {
        if (!tensor.scales().equals(Scales.NONE)) {
            throw new IllegalArgumentException(
                    name + " comes with its scales; add its bits and its scales each by itself");
        }
        long[] shape =
                tensor.rows() == 1
                        ? new long[] {tensor.cols()}
                        : new long[] {tensor.rows(), tensor.cols()};
        return add(name, tensor.type(), shape, rows -> rows.append(tensor));
    }

    /// A tensor whose bytes are made when they are written, in row order.
    ///
    /// @param shape outermost first
    public SafetensorsWriter add(
            String name, DType type, long[] shape, GgufWriter.Content content) {
        switch (type) {
            case F32, F16, BF16, F8_E4M3 -> {}
            case Q4_0,
                    Q4_1,
                    Q5_0,
                    Q5_1,
                    Q8_0,
                    Q2_K,
                    Q3_K,
                    Q4_K,
                    Q5_K,
                    Q6_K,
                    IQ4_NL,
                    IQ4_XS,
                    TQ1_0,
                    TQ2_0,
                    MXFP4 ->
                    throw new IllegalArgumentException(
                            name + " is " + type + ", which safetensors does not have");
        }
        if (tensors.putIfAbsent(name, new Part(type, shape, content)) != null) {
            throw new IllegalArgumentException("two tensors " + name);
        }
        return this;
    }

    /// A string beside the tensors, in `__metadata__`.
    public SafetensorsWriter note(String name, String value) {
        if (notes.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("two notes " + name);
        }
        return this;
    }

    /// Writes the file, replacing one that is there.
    public void write(Path path) throws IOException {
        NewFile.write(path, this::write);
    }

    private void write(FileChannel channel) throws IOException {
        // Spaces after the JSON bring the data to a multiple of eight bytes.
        byte[] json = head().toString().getBytes(StandardCharsets.UTF_8);
        byte[] head = Arrays.copyOf(json, json.length + (-json.length & 7));
        Arrays.fill(head, json.length, head.length, (byte) ' ');
        ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        NewFile.append(channel, MemorySegment.ofBuffer(length.putLong(0, head.length)));
        NewFile.append(channel, MemorySegment.ofArray(head));
        for (Map.Entry<String, Part> tensor : tensors.entrySet()) {
            append(channel, tensor.getKey(), tensor.getValue());
        }
    }

    private static void append(FileChannel channel, String name, Part part) throws IOException {
        long before = channel.position();
        part.content.writeTo(rows -> NewFile.append(channel, rows.data()));
        long written = channel.position() - before;
        if (written != part.bytes()) {
            throw new IllegalStateException(
                    "%s gave %d bytes, but has %d".formatted(name, written, part.bytes()));
        }
    }

    private ObjectNode head() {
        ObjectNode head = new JsonMapper().createObjectNode();
        if (!notes.isEmpty()) {
            ObjectNode fields = head.putObject("__metadata__");
            notes.forEach(fields::put);
        }
        long offset = 0;
        for (Map.Entry<String, Part> entry : tensors.entrySet()) {
            Part tensor = entry.getValue();
            ObjectNode fields = head.putObject(entry.getKey());
            fields.put("dtype", tensor.type.name());
            ArrayNode shape = fields.putArray("shape");
            Arrays.stream(tensor.shape).forEach(shape::add);
            long end = offset + tensor.bytes();
            fields.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return head;
    }
}
