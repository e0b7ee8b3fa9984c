package dev.tramontane.model;

import dev.tramontane.tensor.DType;
import dev.tramontane.weights.TensorNames.Role;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What people call the type of a GGUF file: one element type for most matrices, and more bits for
/// those that suffer most from few. The numbers are those of `general.file_type`.
///
/// Which matrix gets which type is llama.cpp's choice for these networks, so that a `Q4_K_M` from
/// here is as large as one from there and means the same; `MXFP4` alone, for which llama.cpp has a
/// rule for experts only, is ours. Norms are F32 in all of them.
public enum FileType {
    /// As it was.
    F32(0, DType.F32),
    F16(1, DType.F16),
    BF16(32, DType.BF16),
    Q8_0(7, DType.Q8_0),
    Q6_K(18, DType.Q6_K),
    Q5_K_M(17, DType.Q5_K),
    Q5_K_S(16, DType.Q5_K),
    Q5_1(9, DType.Q5_1),
    Q5_0(8, DType.Q5_0),
    Q4_K_M(15, DType.Q4_K),
    Q4_K_S(14, DType.Q4_K),
    Q4_1(3, DType.Q4_1),
    Q4_0(2, DType.Q4_0),
    IQ4_NL(25, DType.IQ4_NL),
    IQ4_XS(30, DType.IQ4_XS),
    MXFP4(38, DType.MXFP4),
    Q3_K_L(13, DType.Q3_K),
    Q3_K_M(12, DType.Q3_K),
    Q3_K_S(11, DType.Q3_K),
    Q2_K(10, DType.Q2_K),
    TQ2_0(37, DType.TQ2_0),
    TQ1_0(36, DType.TQ1_0);

    /// Query heads that share a key and value head from which on a value matrix is so small that
    /// more bits for it cost nothing.
    private static final int MANY_SHARING = 4;

    private static final int LLAMA_70B_LAYERS = 80;

    private final int id;
    private final DType type;

    FileType(int id, DType type) {
        this.id = id;
        this.type = type;
    }

    /// The type with this name, in either case; `Q4_K` is `Q4_K_M`, as everywhere.
    public static Optional<FileType> named(String name) {
        String upper = name.toUpperCase(Locale.ROOT).replace('-', '_');
        return Arrays.stream(values())
                .filter(known -> known.name().equals(upper) || known.name().equals(upper + "_M"))
                .findFirst();
    }

    /// The type of a file whose matrices all stay as they are, if it has a name.
    static Optional<FileType> unmixed(DType type) {
        return Arrays.stream(values())
                .filter(known -> known.name().equals(type.name()))
                .findFirst();
    }

    /// The number in `general.file_type`.
    int id() {
        return id;
    }

    /// The element type of most matrices.
    public DType type() {
        return type;
    }

    /// Whether values are stored as numbers of their own, not in blocks that share scales.
    public boolean isFloat() {
        return type.blockLength() == 1;
    }

    /// The element type of a tensor.
    ///
    /// @param cols values in its rows
    /// @param tied whether the embedding is the output too
    DType of(Role role, int layer, int cols, ModelConfig config, boolean tied) {
        return switch (role) {
            case ATTENTION_NORM, FEED_FORWARD_NORM, FINAL_NORM, QUERY_NORM, KEY_NORM -> DType.F32;
            case OUTPUT -> fitting(output(cols), cols);
            case EMBEDDING -> fitting(tied ? output(cols) : embedding(), cols);
            case VALUE -> fitting(atLeastFiveBits(value(layer, config), config), cols);
            case DOWN -> fitting(down(layer, config.layers()), cols);
            case ATTENTION_OUTPUT -> fitting(attentionOutput(), cols);
            case QUERY, KEY, GATE, UP -> fitting(type, cols);
        };
    }

    /// Every matrix in the one type, where its rows allow.
    DType pure(Role role, int cols) {
        return switch (role) {
            case ATTENTION_NORM, FEED_FORWARD_NORM, FINAL_NORM, QUERY_NORM, KEY_NORM -> DType.F32;
            case OUTPUT, EMBEDDING, QUERY, KEY, VALUE, ATTENTION_OUTPUT, GATE, UP, DOWN ->
                    fitting(type, cols);
        };
    }

    private DType output(int cols) {
        if (isFloat() || this == Q8_0) {
            return type;
        }
        return this == MXFP4 || cols % type.blockLength() != 0 ? DType.Q8_0 : DType.Q6_K;
    }

    private DType embedding() {
        return switch (this) {
            case TQ1_0, TQ2_0 -> DType.Q4_K;
            case MXFP4 -> DType.Q8_0;
            case F32, F16, BF16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q5_1, Q5_0, Q4_K_M, Q4_K_S -> type;
            case Q4_1, Q4_0, IQ4_NL, IQ4_XS, Q3_K_L, Q3_K_M, Q3_K_S, Q2_K -> type;
        };
    }

    private DType value(int layer, ModelConfig config) {
        boolean manySharing = config.heads() / config.kvHeads() >= MANY_SHARING;
        return switch (this) {
            case Q2_K -> manySharing ? DType.Q4_K : DType.Q3_K;
            case Q3_K_M -> layer < 2 ? DType.Q5_K : DType.Q4_K;
            case Q3_K_L -> DType.Q5_K;
            case Q4_K_S -> layer < 4 ? DType.Q5_K : type;
            case Q4_K_M, Q5_K_M -> isDelicate(layer, config.layers()) ? DType.Q6_K : type;
            case IQ4_NL, IQ4_XS -> manySharing ? DType.Q5_K : type;
            case F32, F16, BF16, Q8_0, Q6_K, Q5_K_S, Q5_1, Q5_0, Q4_1, Q4_0 -> type;
            case MXFP4, Q3_K_S, TQ2_0, TQ1_0 -> type;
        };
    }

    /// Llama 2 and 3 70B, by whose shape the rule was made, share so few values that more bits for
    /// them are almost free.
    private static DType atLeastFiveBits(DType type, ModelConfig config) {
        boolean isLlama70b =
                config.layers() == LLAMA_70B_LAYERS
                        && config.heads() != config.kvHeads()
                        && !config.headNorms();
        return isLlama70b && (type == DType.Q3_K || type == DType.Q4_K) ? DType.Q5_K : type;
    }

    private DType down(int layer, int layers) {
        boolean isFirstEighth = layer < layers / 8;
        return switch (this) {
            case Q2_K -> DType.Q3_K;
            case Q3_K_M -> layer < layers / 16 ? DType.Q5_K : DType.Q4_K;
            case Q3_K_L -> DType.Q5_K;
            case Q4_K_S, IQ4_NL, IQ4_XS -> isFirstEighth ? DType.Q5_K : type;
            case Q4_K_M, Q5_K_M -> isDelicate(layer, layers) ? DType.Q6_K : type;
            case F32, F16, BF16, Q8_0, Q6_K, Q5_K_S, Q5_1, Q5_0, Q4_1, Q4_0 -> type;
            case MXFP4, Q3_K_S, TQ2_0, TQ1_0 -> type;
        };
    }

    private DType attentionOutput() {
        return switch (this) {
            case Q2_K -> DType.Q3_K;
            case Q3_K_M -> DType.Q4_K;
            case Q3_K_L -> DType.Q5_K;
            case F32, F16, BF16, Q8_0, Q6_K, Q5_K_M, Q5_K_S, Q5_1, Q5_0, Q4_K_M, Q4_K_S -> type;
            case Q4_1, Q4_0, IQ4_NL, IQ4_XS, MXFP4, Q3_K_S, TQ2_0, TQ1_0 -> type;
        };
    }

    /// The layers of which the values and the way down get more bits: the first and the last
    /// eighth, and every third between.
    private static boolean isDelicate(int layer, int layers) {
        int eighth = layers / 8;
        return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
    }

    /// The type, or where rows are no whole number of its blocks one of shorter blocks.
    private static DType fitting(DType type, int cols) {
        if (cols % type.blockLength() == 0) {
            return type;
        }
        DType shorter =
                switch (type) {
                    case Q2_K, Q3_K, TQ1_0, TQ2_0 -> DType.Q4_0;
                    case Q4_K -> DType.Q5_0;
                    case Q5_K -> DType.Q5_1;
                    case Q6_K -> DType.Q8_0;
                    case IQ4_XS -> DType.IQ4_NL;
                    case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, IQ4_NL, MXFP4, F8_E4M3 -> DType.F16;
                    case F32, F16, BF16 -> DType.F32;
                };
        return fitting(shorter, cols);
    }
}
