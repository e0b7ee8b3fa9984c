package dev.tramontane.kernels;

import dev.tramontane.tensor.Blocks;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Scales;
import dev.tramontane.tensor.Tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;

/// Gives the rows of a tensor in another element type and another order, on all threads, a few
/// megabytes at a time.
///
/// Rows that already have the type are passed on byte by byte. One thread at a time may call.
public final class RowEncoder implements AutoCloseable {
    /// Encoded rows that are made before they are passed on.
    private static final long BATCH_BYTES = 8 << 20;

    /// The largest binary16, which scales are: no narrower type holds more.
    private static final float LARGEST = 65_504;

    private static final float LARGEST_BFLOAT16 = 0x1.FEp127f;

    private final Workers workers;
    private final Runnable beforeReading;

    /// @param threads that compute, the caller's included; 0 for one a core
    public RowEncoder(int threads) {
        this(threads, () -> {});
    }

    /// The same with something to do before rows of the source are read, each time; what it throws
    /// ends the encoding.
    public RowEncoder(int threads, Runnable beforeReading) {
        workers = new Workers(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        this.beforeReading = beforeReading;
    }

    /// What takes encoded rows.
    public interface Sink {
        /// Takes the next rows; their memory is used again afterwards.
        void accept(Tensor rows) throws IOException;
    }

    /// A value that a type cannot hold.
    public static final class UnfitValueException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private UnfitValueException(int row, float value) {
            super("row " + row + " has the value " + value);
        }
    }

    /// Passes on all rows, in ascending order.
    ///
    /// @param from which row of the source each row comes from
    /// @throws UnfitValueException when a value is no number, or beyond what the type holds
    public void encode(Tensor source, IntUnaryOperator from, DType type, Sink sink)
            throws IOException {
        long rowBytes = type.bytes(source.cols());
        int most = (int) Math.max(1, Math.min(source.rows(), BATCH_BYTES / rowBytes));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment batch = arena.allocate(most * rowBytes, Tensor.ALIGNMENT_BYTES);
            for (int row = 0; row < source.rows(); row += most) {
                int rows = Math.min(most, source.rows() - row);
                int first = row;
                beforeReading.run();
                workers.run(
                        rows,
                        1 + rows / (8 * workers.count()),
                        (_, start, end) -> {
                            float[] values = new float[source.cols()];
                            for (int i = start; i < end; i++) {
                                int origin = from.applyAsInt(first + i);
                                encode(source, origin, values, type, batch, i * rowBytes);
                            }
                        });
                sink.accept(
                        new Tensor(
                                type,
                                Layout.ROWS,
                                rows,
                                source.cols(),
                                batch.asSlice(0, rows * rowBytes)));
            }
        }
    }

    private static void encode(
            Tensor source, int row, float[] values, DType type, MemorySegment batch, long at) {
        if (source.type() == type && source.scales().equals(Scales.NONE)) {
            long bytes = source.rowBytes();
            MemorySegment.copy(source.data(), row * bytes, batch, at, bytes);
            return;
        }
        source.decodeRow(row, values);
        float most =
                switch (type) {
                    case F32 -> Float.MAX_VALUE;
                    case BF16 -> LARGEST_BFLOAT16;
                    case F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K -> LARGEST;
                    case IQ4_NL, IQ4_XS, TQ1_0, TQ2_0, MXFP4, F8_E4M3 -> LARGEST;
                };
        for (float value : values) {
            if (!(Math.abs(value) <= most)) {
                throw new UnfitValueException(row, value);
            }
        }
        Blocks.encode(type, values, 0, values.length, batch, at);
    }

    @Override
    public void close() {
        workers.close();
    }
}
