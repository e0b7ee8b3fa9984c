package dev.tramontane.cluster;

import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.SafetensorsFile;
import dev.tramontane.weights.SafetensorsWriter;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Weights of one version in a safetensors file: F32, under Hugging Face's names.
final class WeightsFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private WeightsFile() {}

    /// Its name.
    static String name(long version) {
        return "weights-%012d.safetensors".formatted(version);
    }

    /// Writes a file that is there whole or not at all.
    static void write(TrainableWeights weights, long version, Path path) throws IOException {
        var file = new SafetensorsWriter().note("version", Long.toString(version));
        for (TrainableWeights.Parameter parameter : weights.parameters()) {
            file.add(parameter.name(), parameter.in(weights.values()));
        }
        file.write(path);
    }

    /// Reads a file over weights of the same network.
    ///
    /// @throws ModelFormatException when it is of another network or version; then the weights are
    ///   as they were
    static void read(Path path, long version, TrainableWeights weights) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            SafetensorsFile file = SafetensorsFile.open(path, arena);
            String told = file.notes().get("version");
            if (!Long.toString(version).equals(told)) {
                throw new ModelFormatException(
                        "%s: holds version %s, expected %d; remove it, it is fetched anew"
                                .formatted(path, told, version));
            }
            for (TrainableWeights.Parameter parameter : weights.parameters()) {
                checkShape(path, parameter, file.tensor(parameter.name()));
            }
            for (TrainableWeights.Parameter parameter : weights.parameters()) {
                Tensor from = file.tensor(parameter.name());
                MemorySegment to = parameter.in(weights.values()).data();
                MemorySegment.copy(from.data(), 0, to, 0, to.byteSize());
            }
        }
    }

    private static void checkShape(Path path, TrainableWeights.Parameter parameter, Tensor tensor) {
        if (tensor.type() != DType.F32
                || tensor.rows() != parameter.rows()
                || tensor.cols() != parameter.cols()) {
            throw new ModelFormatException(
                    "%s: tensor %s is %d x %d of %s, expected %d x %d of F32; start worker and trainer from one model"
                            .formatted(
                                    path,
                                    parameter.name(),
                                    tensor.rows(),
                                    tensor.cols(),
                                    tensor.type(),
                                    parameter.rows(),
                                    parameter.cols()));
        }
    }

    /// The SHA-256 of a file, in hexadecimal digits.
    static String sha256(Path path) throws IOException {
        MessageDigest digest = digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(path)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
