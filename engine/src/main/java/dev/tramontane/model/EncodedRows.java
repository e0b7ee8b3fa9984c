package dev.tramontane.model;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.util.function.IntUnaryOperator;

/// A tensor on its way into a file: encoded a few rows at a time when the file is written.
///
/// @param location the model it comes from, for messages
/// @param order from which row of the source each row comes
record EncodedRows(
        String location,
        String name,
        Tensor source,
        IntUnaryOperator order,
        DType type,
        RowEncoder encoder)
        implements GgufWriter.Content {
    @Override
    public void writeTo(GgufWriter.Rows rows) throws IOException {
        try {
            encoder.encode(source, order, type, rows::append);
        } catch (RowEncoder.UnfitValueException e) {
            throw new ModelFormatException(
                    "%s: %s of %s, which %s cannot hold; choose a wider type, BF16 or F32, and get the model again if it is no number"
                            .formatted(location, e.getMessage(), name, type),
                    e);
        }
    }
}
