package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.Metadata;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// Damaged and hostile files through the whole way of opening a model: it opens, or there is one
/// {@link ModelFormatException}; never another exception, a hang, or memory out of proportion.
///
/// `-Dtramontane.mutations=1000000` runs the long form.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFilesTest {
    private static final int MUTATIONS = Integer.getInteger("tramontane.mutations", 10_000);
    private static final long MOST_ALLOCATED_BYTES = 64 << 20;

    /// Far above what any of these files takes, far below what nobody would call a hang; the
    /// machine may be busy.
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final AllocatedBytes allocated = new AllocatedBytes();

    @TempDir Path folder;

    @Test
    void a_gguf_file_cut_anywhere_is_refused() throws IOException {
        Path file = folder.resolve("small.gguf");
        SmallModel.writeGguf(file);
        byte[] whole = Files.readAllBytes(file);
        SmallModel.open(file);
        // The last tensor is a multiple of the alignment, so that no padding follows it.
        for (int length = 0; length < whole.length; length++) {
            overwrite(file, Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> SmallModel.open(file));
        }
    }

    @Test
    void a_safetensors_file_cut_anywhere_is_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Path file = folder.resolve("consolidated.safetensors");
        byte[] whole = Files.readAllBytes(file);
        SmallModel.open(folder);
        for (int length = 0; length < whole.length; length++) {
            overwrite(file, Arrays.copyOf(whole, length));
            assertThrows(ModelFormatException.class, () -> SmallModel.open(folder));
        }
    }

    /// A vocabulary as large as Magistral's, with the merges of a byte-level tokenizer.
    @Test
    void a_large_vocabulary_costs_nothing_until_it_is_asked_for() throws IOException {
        Path file = folder.resolve("vocabulary.gguf");
        Map<String, Object> metadata = SmallModel.metadata();
        List<String> tokens = Collections.nCopies(131_072, "a token");
        metadata.put("tokenizer.ggml.tokens", tokens);
        metadata.put("tokenizer.ggml.merges", Collections.nCopies(269_443, "mer ge"));
        SmallModel.writeGguf(file, metadata, Map.of());
        try (Arena arena = Arena.ofConfined()) {
            GgufFile.open(file, arena);
            long before = allocated.now();
            Metadata read = GgufFile.open(file, arena).metadata();
            long opening = allocated.now() - before;

            assertTrue(opening < 200_000, opening + " bytes allocated");
            assertArrayEquals(tokens.toArray(), read.texts("tokenizer.ggml.tokens").orElseThrow());
        }
    }

    @Test
    void mutated_gguf_files_open_or_are_refused() throws IOException {
        Path file = folder.resolve("small.gguf");
        SmallModel.writeGguf(file);
        Mutations mutations = new Mutations(1);
        int head = (int) Files.size(file) - 8_000;
        mutate(file, file, bytes -> mutations.mutate(bytes, head));
    }

    @Test
    void mutated_safetensors_files_open_or_are_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Mutations mutations = new Mutations(2);
        mutate(
                folder,
                folder.resolve("consolidated.safetensors"),
                bytes -> mutations.mutate(bytes, 2_000));
    }

    @Test
    void mutated_hugging_face_configurations_open_or_are_refused() throws IOException {
        SmallModel.writeHuggingFace(folder);
        Mutations mutations = new Mutations(3);
        mutate(folder, folder.resolve("config.json"), mutations::mutateJson);
    }

    @Test
    void mutated_params_open_or_are_refused() throws IOException {
        SmallModel.writeMistral(folder);
        Mutations mutations = new Mutations(4);
        mutate(folder, folder.resolve("params.json"), mutations::mutateJson);
    }

    @Test
    void mutated_indexes_open_or_are_refused() throws IOException {
        SmallModel.writeHuggingFace(folder);
        Mutations mutations = new Mutations(5);
        mutate(folder, folder.resolve("model.safetensors.index.json"), mutations::mutateJson);
    }

    private void mutate(Path model, Path file, UnaryOperator<byte[]> mutation) throws IOException {
        byte[] original = Files.readAllBytes(file);
        SmallModel.open(model);
        int opened = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutation.apply(original);
            overwrite(file, mutated);
            long bytes = allocated.now();
            long start = System.nanoTime();
            try {
                SmallModel.open(model);
                opened++;
            } catch (ModelFormatException e) {
                check(e, i);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("mutation " + i, e);
            }
            assertTrue(allocated.now() - bytes < MOST_ALLOCATED_BYTES, "memory, mutation " + i);
            assertTrue(System.nanoTime() - start < MOST_NANOS, "time, mutation " + i);
        }
        assertTrue(opened > 0 && opened < MUTATIONS, opened + " opened");
    }

    /// Overwrites in place: truncating to nothing first would have the file system flush each time.
    private static void overwrite(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), 0);
            channel.truncate(bytes.length);
        }
    }

    /// A message names a file, says what to do, and stays a message.
    private static void check(ModelFormatException e, int mutation) {
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.contains(": ") && message.contains("; ") && message.length() < 1000,
                () -> "mutation " + mutation + ": " + message);
    }
}
