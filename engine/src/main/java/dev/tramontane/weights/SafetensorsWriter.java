package dev.tramontane.weights;

import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import tools.jackson.databind.json.JsonMapper;
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
public final class SafetensorsWriter {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> notes = new LinkedHashMap<>();

    /// A tensor; one row is written as a vector. The scales of an FP8 tensor are another's to add.
    public SafetensorsWriter add(String name, Tensor tensor) {
        switch (tensor.type()) {
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
                            name + " is " + tensor.type() + ", which safetensors does not have");
        }
        if (!tensor.scales().equals(Scales.NONE)) {
            throw new IllegalArgumentException(
                    name + " comes with its scales; add its bits and its scales each by itself");
        }
        if (tensors.putIfAbsent(name, tensor) != null) {
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
        for (Tensor tensor : tensors.values()) {
            NewFile.append(channel, tensor.data());
        }
    }

    private ObjectNode head() {
        ObjectNode head = new JsonMapper().createObjectNode();
        if (!notes.isEmpty()) {
            ObjectNode fields = head.putObject("__metadata__");
            notes.forEach(fields::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            ObjectNode fields = head.putObject(entry.getKey());
            fields.put("dtype", tensor.type().name());
            if (tensor.rows() == 1) {
                fields.putArray("shape").add(tensor.cols());
            } else {
                fields.putArray("shape").add(tensor.rows()).add(tensor.cols());
            }
            long end = offset + tensor.data().byteSize();
            fields.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return head;
    }
}
