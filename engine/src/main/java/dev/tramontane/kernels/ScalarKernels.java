package dev.tramontane.kernels;

import dev.tramontane.cache.Batch;
import dev.tramontane.cache.KvCache;
import dev.tramontane.tensor.Tensor;

import java.util.List;

/// The reference: obvious loops on one thread, sums in double precision. What an operation means is
/// what it does here. Also what runs where the Vector API's module is absent.
public final class ScalarKernels implements Kernels {
    @Override
    public String name() {
        return "scalar (1 thread)";
    }

    @Override
    public void gatherRows(Tensor table, int[] ids, Tensor out) {
        float[] row = new float[table.cols()];
        for (int t = 0; t < ids.length; t++) {
            table.decodeRow(ids[t], row);
            Rows.write(row, out, t);
        }
    }

    @Override
    public void matmul(Tensor x, List<Tensor> weights, List<Tensor> outs) {
        float[][] xs = Rows.read(x);
        for (int i = 0; i < weights.size(); i++) {
            multiply(xs, weights.get(i), outs.get(i));
        }
    }

    private static void multiply(float[][] xs, Tensor weight, Tensor out) {
        float[] row = new float[weight.cols()];
        for (int r = 0; r < weight.rows(); r++) {
            weight.decodeRow(r, row);
            for (int t = 0; t < xs.length; t++) {
                out.set(t, r, (float) dot(row, 0, xs[t], 0, row.length));
            }
        }
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor out) {
        float[] g = gain.row(0);
        for (int t = 0; t < x.rows(); t++) {
            float[] row = x.row(t);
            double meanSquare = dot(row, 0, row, 0, row.length) / row.length;
            double scale = 1 / Math.sqrt(meanSquare + eps);
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) (row[d] * scale * g[d]);
            }
            Rows.write(row, out, t);
        }
    }

    @Override
    public void rope(Tensor x, int headDim, RopePairs pairs, Tensor cos, Tensor sin) {
        int half = headDim / 2;
        for (int t = 0; t < x.rows(); t++) {
            for (int head = 0; head < x.cols() / headDim; head++) {
                for (int i = 0; i < half; i++) {
                    int at = head * headDim;
                    int first = at + (pairs == RopePairs.INTERLEAVED ? 2 * i : i);
                    int second = pairs == RopePairs.INTERLEAVED ? first + 1 : first + half;
                    float a = x.get(t, first);
                    float b = x.get(t, second);
                    float c = cos.get(t, i);
                    float s = sin.get(t, i);
                    x.set(t, first, a * c - b * s);
                    x.set(t, second, b * c + a * s);
                }
            }
        }
    }

    @Override
    public void attention(
            Tensor q,
            float[] scale,
            Heads heads,
            KvCache cache,
            int layer,
            Batch batch,
            Tensor out) {
        int headDim = heads.headDim();
        for (Batch.Slice slice : batch.slices()) {
            float[][] results = new float[slice.count()][q.cols()];
            for (int kvHead = 0; kvHead < heads.kvHeads(); kvHead++) {
                Seen seen = Seen.read(cache, layer, slice, kvHead);
                for (int i = 0; i < slice.count(); i++) {
                    int t = slice.start() + i;
                    int position = slice.position() + i;
                    int first = Math.max(0, position - heads.window() + 1);
                    for (int head = 0; head < heads.group(); head++) {
                        int at = (kvHead * heads.group() + head) * headDim;
                        attend(q.row(t), at, scale[t], seen, first, slice.end(i), results[i]);
                    }
                }
            }
            for (int i = 0; i < slice.count(); i++) {
                Rows.write(results[i], out, slice.start() + i);
            }
        }
    }

    /// The keys and values of one head at all positions of a sequence.
    private record Seen(float[][] keys, float[][] values) {
        static Seen read(KvCache cache, int layer, Batch.Slice slice, int kvHead) {
            int headDim = cache.format().headDim();
            int positions = slice.end(slice.count() - 1);
            var seen = new Seen(new float[positions][headDim], new float[positions][headDim]);
            float[] block = new float[headDim * KvCache.BLOCK_SIZE];
            for (int p = 0; p < positions; p++) {
                int within = p % KvCache.BLOCK_SIZE;
                long at = cache.at(slice.blocks().block(p / KvCache.BLOCK_SIZE), kvHead);
                if (within == 0) {
                    cache.format().readKeys(cache.layer(layer), at, block);
                    for (int i = 0; i < KvCache.BLOCK_SIZE && p + i < positions; i++) {
                        for (int d = 0; d < headDim; d++) {
                            seen.keys[p + i][d] = block[d * KvCache.BLOCK_SIZE + i];
                        }
                    }
                    cache.format().readValues(cache.layer(layer), at, block);
                }
                System.arraycopy(block, within * headDim, seen.values[p], 0, headDim);
            }
            return seen;
        }
    }

    /// One head of one token: a softmax over all visible positions, then the weighted values.
    private static void attend(
            float[] query, int at, float scale, Seen seen, int first, int end, float[] result) {
        double[] weights = new double[end - first];
        double max = Double.NEGATIVE_INFINITY;
        for (int p = first; p < end; p++) {
            float[] key = seen.keys[p];
            weights[p - first] = scale * dot(query, at, key, 0, key.length);
            max = Math.max(max, weights[p - first]);
        }
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Math.exp(weights[i] - max);
            sum += weights[i];
        }
        double[] gathered = new double[seen.values[first].length];
        for (int p = first; p < end; p++) {
            for (int d = 0; d < gathered.length; d++) {
                gathered[d] += weights[p - first] / sum * seen.values[p][d];
            }
        }
        for (int d = 0; d < gathered.length; d++) {
            result[at + d] = (float) gathered[d];
        }
    }

    @Override
    public void swiglu(Tensor gate, Tensor up, Tensor out) {
        for (int t = 0; t < gate.rows(); t++) {
            float[] g = gate.row(t);
            float[] u = up.row(t);
            for (int d = 0; d < g.length; d++) {
                g[d] = (float) (g[d] / (1 + Math.exp(-g[d])) * u[d]);
            }
            Rows.write(g, out, t);
        }
    }

    @Override
    public void gelu(Tensor x, Tensor out) {
        for (int t = 0; t < x.rows(); t++) {
            float[] row = x.row(t);
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) (row[d] * (1 + erf(row[d] / Math.sqrt(2))) / 2);
            }
            Rows.write(row, out, t);
        }
    }

    /// `erf(z) = 2 / √π · e^−z² · Σ over n of 2ⁿ z^(2n+1) / (1 · 3 ⋯ (2n+1))` (Abramowitz and
    /// Stegun 1964, 7.1.6), whose terms all have the sign of z; ±1 where doubles know no other.
    private static double erf(double z) {
        if (Math.abs(z) > 6 || Double.isNaN(z)) {
            return Math.signum(z);
        }
        double term = z;
        double sum = z;
        for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-z * z) * sum;
    }

    @Override
    public void mergeSquares(Tensor x, int columns, int side, Tensor out) {
        Squares.check(x, columns, side, out);
        Squares.merge(x, columns, side, out, 0, out.rows());
    }

    @Override
    public void add(Tensor x, Tensor y) {
        for (int t = 0; t < x.rows(); t++) {
            float[] sum = x.row(t);
            float[] summand = y.row(t);
            for (int d = 0; d < sum.length; d++) {
                sum[d] += summand[d];
            }
            Rows.write(sum, x, t);
        }
    }

    @Override
    public LogitPasses logitPasses() {
        return ScalarLogitPasses.PLAIN;
    }

    @Override
    public void close() {}

    private static double dot(float[] a, int aAt, float[] b, int bAt, int count) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += (double) a[aAt + i] * b[bAt + i];
        }
        return sum;
    }
}
