package dev.tramontane.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.CacheFormat;
import dev.tramontane.cache.CacheType;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.Kernels.Heads;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Attention of the fast kernels against the definition, over every type of cache: the kernels read
/// the same stored numbers, so only the order of additions tells them apart.
class AttentionTest {
    private static final Kernels SCALAR = new ScalarKernels();
    private static final double ROUNDING = 2e-5;
    private static final int ALL = Integer.MAX_VALUE;

    /// Two pools of each set, of one thread and of three.
    private static final List<List<Kernels>> SETS = sets();

    private static List<List<Kernels>> sets() {
        List<List<Kernels>> sets = new ArrayList<>();
        sets.add(List.of(new VectorKernels(1), new VectorKernels(3)));
        if (AssembledKernels.obstacle().isEmpty()) {
            sets.add(List.of(new AssembledKernels(1, true), new AssembledKernels(3, true)));
        } else {
            System.err.println(
                    "Not tested, attention in machine code: " + AssembledKernels.obstacle());
        }
        return sets;
    }

    @AfterAll
    static void end() {
        SETS.forEach(set -> set.forEach(Kernels::close));
    }

    static Stream<Arguments> setsAndTypes() {
        return SETS.stream()
                .flatMap(set -> Arrays.stream(CacheType.values()).map(t -> Arguments.of(set, t)));
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void agrees_at_every_width_of_a_head(List<Kernels> set, CacheType type) {
        for (int headDim : new int[] {2, 14, 16, 18, 24, 32, 64, 80, 96, 128, 256}) {
            if (type == CacheType.Q8_0 && headDim % 32 != 0) {
                continue;
            }
            compare(set, type, new Heads(6, 2, headDim, ALL));
            compare(set, type, new Heads(8, 2, headDim, 40));
        }
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void agrees_for_every_number_of_heads_that_share_a_key(List<Kernels> set, CacheType type) {
        for (int group : new int[] {1, 2, 3, 5, 7, 8, 12, 16}) {
            for (int window : new int[] {ALL, 5, 40}) {
                compare(set, type, new Heads(2 * group, 2, 32, window));
            }
        }
    }

    /// Against the definition, and against each token attending alone.
    private static void compare(List<Kernels> set, CacheType type, Heads heads) {
        try (Arena arena = Arena.ofShared()) {
            KvCache cache = filled(arena, type, heads, 9);
            var slices =
                    List.of(
                            new Batch.Slice(0, 3, 70, table(7, 2, 5)),
                            new Batch.Slice(3, 1, 0, table(0)),
                            new Batch.Slice(4, 40, 20, table(8, 1)));
            compare(set, cache, heads, slices, 44);
        }
    }

    private static void compare(
            List<Kernels> set, KvCache cache, Heads heads, List<Batch.Slice> slices, int tokens) {
        Batch batch = new Batch(new int[tokens], slices, new int[0]);
        Tensor q = random(tokens, heads.heads() * heads.headDim(), 6);
        float[] scale = new float[tokens];
        for (int t = 0; t < tokens; t++) {
            scale[t] = (1 + t / 20f) / (float) Math.sqrt(heads.headDim());
        }
        Tensor expected = zeros(tokens, q.cols());
        Tensor found = zeros(tokens, q.cols());
        SCALAR.attention(q, scale, heads, cache, 0, batch, expected);
        set.getLast().attention(q, scale, heads, cache, 0, batch, found);
        assertClose(expected, found, heads.toString());
        for (Batch.Slice slice : slices) {
            for (int i = 0; i < slice.count(); i++) {
                int t = slice.start() + i;
                for (Kernels kernels : set) {
                    Tensor alone = zeros(1, q.cols());
                    kernels.attention(
                            q.slice(t, 1),
                            new float[] {scale[t]},
                            heads,
                            cache,
                            0,
                            one(slice.position() + i, slice.blocks(), slice.seen()),
                            alone);
                    assertArrayEquals(found.row(t), alone.row(0), heads + ", token " + t);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void agrees_over_thousands_of_positions(List<Kernels> set, CacheType type) {
        for (int window : new int[] {ALL, 1500}) {
            Heads heads = new Heads(4, 2, 32, window);
            try (Arena arena = Arena.ofShared()) {
                KvCache cache = filled(arena, type, heads, 100);
                int[] blocks = IntStream.range(0, 100).map(i -> (i * 37 + 11) % 100).toArray();
                var slices =
                        List.of(
                                new Batch.Slice(0, 1, 3199, table(blocks)),
                                new Batch.Slice(1, 20, 1010, table(blocks)),
                                new Batch.Slice(21, 1, 2047, table(blocks)),
                                new Batch.Slice(22, 1, 2048, table(blocks)));
                compare(set, cache, heads, slices, 23);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void what_lies_in_a_block_behind_the_last_position_is_not_seen(
            List<Kernels> set, CacheType type) {
        Heads heads = new Heads(4, 1, 32, ALL);
        try (Arena arena = Arena.ofShared()) {
            KvCache cache = filled(arena, type, heads, 1);
            Tensor nan = zeros(1, 32);
            for (int d = 0; d < 32; d++) {
                nan.set(0, d, Float.NaN);
            }
            for (int p = 20; p < KvCache.BLOCK_SIZE; p++) {
                cache.append(0, one(p, table(0)), nan, nan);
            }
            compare(set, cache, heads, List.of(new Batch.Slice(0, 20, 0, table(0))), 20);
        }
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void great_and_small_scores_keep_their_weights(List<Kernels> set, CacheType type) {
        Heads heads = new Heads(2, 1, 32, ALL);
        try (Arena arena = Arena.ofShared()) {
            KvCache cache = filled(arena, type, heads, 2);
            Tensor key = zeros(1, 32);
            Tensor value = zeros(1, 32);
            for (int p = 0; p < 64; p++) {
                key.set(0, 0, p % 7 == 0 ? 100 : -100);
                value.set(0, 0, p);
                cache.append(0, one(p, table(0, 1)), key, value);
            }
            Tensor q = zeros(1, 64);
            q.set(0, 0, 10); // scores of ±1000
            q.set(0, 32, -3e-6f); // scores that hardly differ
            Tensor expected = zeros(1, 64);
            Tensor found = zeros(1, 64);
            float[] scale = {1};
            SCALAR.attention(q, scale, heads, cache, 0, one(63, table(0, 1)), expected);
            set.getFirst().attention(q, scale, heads, cache, 0, one(63, table(0, 1)), found);
            assertEquals(31.5, expected.get(0, 0), type == CacheType.Q8_0 ? 0.5 : 0.1);
            assertClose(expected, found, "two rows");
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_instruction_set_gives_the_same_bits(CacheType type) {
        assumeTrue(AssembledKernels.obstacle().isEmpty(), AssembledKernels.obstacle());
        List<AssembledKernels> machines =
                CpuFeatures.detect().sets().stream()
                        .map(set -> new AssembledKernels(1, true, set))
                        .toList();
        try {
            for (int headDim : new int[] {32, 64, 96, 128, 256}) {
                for (int group : new int[] {1, 2, 4, 5}) {
                    int window = group == 2 ? 40 : ALL;
                    sameBits(machines, type, new Heads(2 * group, 2, headDim, window));
                }
            }
        } finally {
            machines.forEach(Kernels::close);
        }
    }

    /// Over scores from alike to far apart.
    private static void sameBits(List<AssembledKernels> machines, CacheType type, Heads heads) {
        try (Arena arena = Arena.ofShared()) {
            KvCache cache = filled(arena, type, heads, 40);
            int[] blocks = IntStream.range(0, 40).toArray();
            var slices =
                    List.of(
                            new Batch.Slice(0, 1, 1200, table(blocks)),
                            new Batch.Slice(1, 7, 90, table(blocks)));
            Batch batch = new Batch(new int[8], slices, new int[0]);
            Tensor q = random(8, heads.heads() * heads.headDim(), 6);
            float[] scale = {0.1f, 1e-4f, 0.02f, 0.3f, 1, 10, 30, 100};
            Tensor expected = zeros(8, q.cols());
            machines.getFirst().attention(q, scale, heads, cache, 0, batch, expected);
            for (AssembledKernels machine : machines) {
                Tensor found = zeros(8, q.cols());
                machine.attention(q, scale, heads, cache, 0, batch, found);
                long differs = expected.data().mismatch(found.data());
                assertEquals(-1, differs, machine.name() + ", " + heads);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setsAndTypes")
    void patches_of_an_image_see_one_another_and_no_other(List<Kernels> set, CacheType type) {
        for (int headDim : new int[] {12, 32, 64}) {
            if (type == CacheType.Q8_0 && headDim % 32 != 0) {
                continue;
            }
            Heads heads = new Heads(3, 3, headDim, ALL);
            try (Arena arena = Arena.ofShared()) {
                KvCache cache = filled(arena, type, heads, 40);
                int[] many = IntStream.range(3, 40).map(i -> 42 - i).toArray();
                var slices =
                        List.of(
                                new Batch.Slice(0, 70, 0, table(many), 1171),
                                new Batch.Slice(70, 1, 1170, table(many), 1171),
                                new Batch.Slice(71, 5, 0, table(1), 5),
                                new Batch.Slice(76, 9, 31, table(2, 0), 33));
                compare(set, cache, heads, slices, 85);
            }
        }
    }

    private static Batch one(int position, BlockTable blocks) {
        return one(position, blocks, 0);
    }

    private static Batch one(int position, BlockTable blocks, int seen) {
        return new Batch(
                new int[1], List.of(new Batch.Slice(0, 1, position, blocks, seen)), new int[0]);
    }

    /// A cache with something in every position.
    private static KvCache filled(Arena arena, CacheType type, Heads heads, int blocks) {
        var format = new CacheFormat(type, heads.kvHeads(), heads.headDim());
        var cache = new KvCache(arena, format, 1, blocks);
        int positions = blocks * KvCache.BLOCK_SIZE;
        var slice = new Batch.Slice(0, positions, 0, table(IntStream.range(0, blocks).toArray()));
        cache.append(
                0,
                new Batch(new int[positions], List.of(slice), new int[0]),
                random(positions, format.kvDim(), 1),
                random(positions, format.kvDim(), 2));
        return cache;
    }

    private static BlockTable table(int... blocks) {
        BlockTable table = new BlockTable();
        for (int block : blocks) {
            table.append(block);
        }
        return table;
    }

    private static Tensor zeros(int rows, int cols) {
        return Tensor.allocate(Arena.ofAuto(), rows, cols);
    }

    private static Tensor random(int rows, int cols, long seed) {
        var random = new Random(seed);
        Tensor x = zeros(rows, cols);
        for (int t = 0; t < rows; t++) {
            for (int d = 0; d < cols; d++) {
                x.set(t, d, (float) random.nextGaussian());
            }
        }
        return x;
    }

    private static void assertClose(Tensor expected, Tensor found, String what) {
        for (int t = 0; t < expected.rows(); t++) {
            assertArrayEquals(expected.row(t), found.row(t), (float) ROUNDING, what + ", row " + t);
        }
    }
}
