package dev.tramontane.kernels;

import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.kernels.Kernels.RopePairs;
import dev.tramontane.tensor.DType;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The machine code in use: each routine is assembled when it is first needed, in a millisecond.
///
/// Any thread may ask for routines and call them.
final class Routines {
    private enum Purpose {
        DIRECT,
        UNPACK,
        PANEL,
        GATHER
    }

    private record Key(Purpose purpose, DType type, boolean words, int tokens) {
        Key(Purpose purpose, StripDecoder decoder, int tokens) {
            this(purpose, decoder.type(), decoder.isWords(), tokens);
        }
    }

    private record AttentionKey(CacheType type, int headDim, int rows) {}

    private record RotationKey(RopePairs pairs, int headDim) {}

    private record CorrectionKey(int offset, int groupLength) {}

    private final InstructionSet set;
    private final ExecutableMemory memory;
    private final Map<DType, StripDecoder> decoders = new EnumMap<>(DType.class);
    private final Map<DType, StripDecoder> words = new EnumMap<>(DType.class);
    private final Map<Key, MethodHandle> made = new ConcurrentHashMap<>();
    private final Map<AttentionKey, MethodHandle> attention = new ConcurrentHashMap<>();
    private final Map<RotationKey, MethodHandle> rotations = new ConcurrentHashMap<>();
    private final Map<CorrectionKey, MethodHandle> corrections = new ConcurrentHashMap<>();
    private final Map<CacheFormat, MethodHandle> appends = new ConcurrentHashMap<>();

    Routines(InstructionSet set, ExecutableMemory memory) {
        this.set = set;
        this.memory = memory;
        for (StripDecoder decoder :
                List.of(
                        StripNibbles.q4(),
                        StripNibbles.q4WithMinimum(),
                        StripNibbles.iq4(),
                        StripNibbles.mxfp4(),
                        new StripIQ4XS(),
                        new StripQ5(false),
                        new StripQ5(true),
                        new StripQ8_0(),
                        new StripQ2K(),
                        new StripQ3K(),
                        new StripQ4K(),
                        new StripQ5K(),
                        new StripQ6K(),
                        new StripTQ2_0(),
                        new StripFloats(DType.F32),
                        new StripFloats(DType.F16),
                        new StripFloats(DType.BF16))) {
            decoders.put(decoder.type(), decoder);
        }
        if (set.isWide()) {
            for (DType type : List.of(DType.F32, DType.F16, DType.BF16)) {
                words.put(type, new StripWords(type));
            }
        }
    }

    InstructionSet set() {
        return set;
    }

    /// Whether weights of this type have routines.
    boolean knows(DType type) {
        return decoders.containsKey(type);
    }

    /// The type's decoder.
    ///
    /// @throws IllegalArgumentException when the type has none
    StripDecoder decoder(DType type) {
        StripDecoder decoder = decoders.get(type);
        if (decoder == null) {
            throw new IllegalArgumentException("no machine code for " + type);
        }
        return decoder;
    }

    /// What makes whole numbers of 16 bits of the type's floats, if there is such a routine.
    Optional<StripDecoder> words(DType type) {
        return Optional.ofNullable(words.get(type));
    }

    MethodHandle direct(StripDecoder decoder, int tokens) {
        return made.computeIfAbsent(
                new Key(Purpose.DIRECT, decoder, tokens),
                _ -> memory.load(StripCode.direct(set, decoder, tokens)));
    }

    MethodHandle unpack(StripDecoder decoder) {
        return made.computeIfAbsent(
                new Key(Purpose.UNPACK, decoder, 0),
                _ -> memory.load(StripCode.unpack(set, decoder)));
    }

    MethodHandle panel(StripDecoder decoder, int tokens) {
        return made.computeIfAbsent(
                new Key(Purpose.PANEL, decoder, tokens),
                _ -> memory.load(PanelCode.routine(set, decoder, tokens)));
    }

    MethodHandle gather(StripDecoder decoder) {
        return made.computeIfAbsent(
                new Key(Purpose.GATHER, decoder, 0),
                _ -> memory.load(GatherCode.routine(set, decoder)));
    }

    /// The most tokens of {@link #direct}.
    int mostDirectTokens(StripDecoder decoder) {
        return Products.of(set).mostDirectTokens(decoder);
    }

    /// The most groups of tokens for which {@link #direct} is called group by group.
    int mostDirectGroups() {
        return Products.of(set).mostDirectGroups();
    }

    MethodHandle attention(CacheFormat format, int rows) {
        return attention.computeIfAbsent(
                new AttentionKey(format.type(), format.headDim(), rows),
                _ -> memory.load(AttentionCode.routine(set, format, rows)));
    }

    MethodHandle append(CacheFormat format) {
        return appends.computeIfAbsent(format, _ -> memory.load(AppendCode.routine(format)));
    }

    /// {@link RowCode#rotation}.
    MethodHandle rotation(int headDim, RopePairs pairs) {
        return rotations.computeIfAbsent(
                new RotationKey(pairs, headDim),
                _ -> memory.load(RowCode.rotation(set, headDim, pairs)));
    }

    /// {@link CorrectionCode}.
    MethodHandle correction(int offset, int groupLength) {
        return corrections.computeIfAbsent(
                new CorrectionKey(offset, groupLength),
                _ -> memory.load(CorrectionCode.routine(set, offset, groupLength)));
    }

    /// A routine of which there is one, as its users hold it.
    MethodHandle load(Function<InstructionSet, byte[]> routine) {
        return memory.load(routine.apply(set));
    }

    /// The same for a routine that works on Java's arrays.
    MethodHandle loadForArrays(Function<InstructionSet, byte[]> routine) {
        return memory.loadForArrays(routine.apply(set));
    }

    /// Runs a routine on what the first segment says, and on three arrays.
    static void call(
            MethodHandle routine,
            MemorySegment call,
            MemorySegment first,
            MemorySegment second,
            MemorySegment third) {
        try {
            routine.invokeExact(call.address(), first, second, third);
        } catch (Throwable e) {
            throw new AssertionError(e); // machine code throws nothing
        }
    }

    /// Runs a routine on what the segment says.
    static void call(MethodHandle routine, MemorySegment call) {
        try {
            routine.invokeExact(call.address());
        } catch (Throwable e) {
            throw new AssertionError(e); // machine code throws nothing
        }
    }
}
