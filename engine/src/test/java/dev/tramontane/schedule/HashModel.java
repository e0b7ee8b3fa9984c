package dev.tramontane.schedule;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.BlockTable;
import dev.tramontane.cache.KvCache;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.sampling.Sampler;
import dev.tramontane.sampling.Samplers;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import java.util.Arrays;
import java.util.BitSet;

/// A model that is a hash: its cache holds the tokens themselves, and a row's logits depend on all
/// tokens it finds there. A token at a wrong place, a block with a wrong prefix, or one that two
/// sequences write changes what is generated.
final class HashModel {
    static final int VOCAB = 13;
    private static final int EMPTY = -1;

    private final int[] stored;

    HashModel(int blocks) {
        stored = new int[blocks * KvCache.BLOCK_SIZE];
        Arrays.fill(stored, EMPTY);
    }

    static Samplers samplers() {
        return new Samplers(new ScalarKernels(), VOCAB, 1);
    }

    /// What the sampler chooses after `count` tokens.
    static int choose(Sampler sampler, int[] tokens, int count, SamplingParams sampling) {
        Tensor logits = Tensor.of(logits(tokens, count), 1, VOCAB);
        return sampler.sample(logits, 0, TokenMask.Verdict.ANY, sampling, tokens, count).token();
    }

    static Sampler sampler() {
        return new Sampler(new ScalarKernels().logitPasses(), VOCAB);
    }

    /// The logits after `count` tokens.
    static float[] logits(int[] tokens, int count) {
        var logits = new float[VOCAB];
        int hash = 1;
        for (int i = 0; i < count; i++) {
            hash = hash(hash, tokens[i]);
        }
        fill(logits, 0, hash);
        return logits;
    }

    private static int hash(int hash, int token) {
        return 31 * hash + token;
    }

    /// Numbers from −2 to 2 that hang on the hash alone.
    private static void fill(float[] logits, int at, int hash) {
        long bits = hash;
        for (int id = 0; id < VOCAB; id++) {
            bits = (bits + 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
            bits ^= bits >>> 29;
            logits[at + id] = (int) bits / (float) (1 << 30);
        }
    }

    /// A step.
    Tensor compute(Batch batch) {
        var logits = new float[batch.sampledRows().length * VOCAB];
        var written = new BitSet();
        int sampled = 0;
        for (Batch.Slice slice : batch.slices()) {
            for (int i = 0; i < slice.count(); i++) {
                int row = row(slice.blocks(), slice.position() + i);
                assertTrue(!written.get(row), "two tokens of a step at one place");
                written.set(row);
                stored[row] = batch.tokens()[slice.start() + i];
            }
        }
        for (Batch.Slice slice : batch.slices()) {
            int hash = 1;
            for (int p = 0; p < slice.position() + slice.count(); p++) {
                int token = stored[row(slice.blocks(), p)];
                assertTrue(token != EMPTY, "a position that was never computed");
                hash = hash(hash, token);
                int batchRow = slice.start() + p - slice.position();
                if (sampled < batch.sampledRows().length
                        && batch.sampledRows()[sampled] == batchRow
                        && p >= slice.position()) {
                    fill(logits, sampled++ * VOCAB, hash);
                }
            }
        }
        return Tensor.of(logits, batch.sampledRows().length, VOCAB);
    }

    private static int row(BlockTable blocks, int position) {
        int block = blocks.block(position / KvCache.BLOCK_SIZE);
        return block * KvCache.BLOCK_SIZE + position % KvCache.BLOCK_SIZE;
    }
}
