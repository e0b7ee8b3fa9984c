package dev.tramontane.chat;

import dev.tramontane.engine.Embedding;
import dev.tramontane.engine.EngineOverloadedException;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/// The vectors of texts, in their order, read once by one thread. A few texts at a time are before
/// the engine, so a long list takes no memory there and no place from others.
///
/// Any thread may close it, which cancels what is left.
public final class Embeddings implements Iterator<float[]>, AutoCloseable {
    private final List<int[]> texts;
    private final int mostAtOnce;
    private final Function<int[], Embedding> read;
    private final Queue<Embedding> running = new ArrayDeque<>(); // guarded by this
    private int asked; // guarded by this
    private boolean closed; // guarded by this

    /// @param mostAtOnce before the engine
    /// @param read asks it for one
    Embeddings(List<int[]> texts, int mostAtOnce, Function<int[], Embedding> read) {
        this.texts = List.copyOf(texts);
        this.mostAtOnce = mostAtOnce;
        this.read = read;
    }

    @Override
    public synchronized boolean hasNext() {
        return !running.isEmpty() || asked < texts.size();
    }

    /// The next text's vector, of length 1; waits for it.
    ///
    /// @return float[dim]
    /// @throws EngineOverloadedException when the caller should come back later
    /// @throws IllegalStateException when the reading failed; the cause says why
    /// @throws CancellationException when this was closed, or the thread is interrupted, which
    ///   cancels the text
    @Override
    public float[] next() {
        float[] vector = first().await(); // not under the lock: others may close meanwhile
        synchronized (this) {
            running.remove();
        }
        return vector;
    }

    private synchronized Embedding first() {
        if (closed) {
            throw new CancellationException("the reading of texts was cancelled");
        }
        if (!hasNext()) {
            throw new NoSuchElementException("the last text's vector was read before");
        }
        while (running.size() < mostAtOnce && asked < texts.size()) {
            try {
                running.add(read.apply(texts.get(asked)));
                asked++;
            } catch (EngineOverloadedException full) {
                if (running.isEmpty()) {
                    throw full;
                }
                break; // this one's turn comes when one of its own has been read
            }
        }
        return running.element();
    }

    /// The first values of a vector, of length 1 again: only the caller knows whether its model was
    /// trained to have its meaning in them.
    ///
    /// @param vector float[dim]
    /// @param dimensions 1 to dim
    /// @return float[dimensions]; the same where nothing is cut off
    public static float[] shortened(float[] vector, int dimensions) {
        if (dimensions == vector.length) {
            return vector;
        }
        float[] first = Arrays.copyOf(vector, dimensions);
        double squares = 0;
        for (float value : first) {
            squares += (double) value * value;
        }
        double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
        for (int i = 0; i < first.length; i++) {
            first[i] = (float) (first[i] * scale);
        }
        return first;
    }

    @Override
    public synchronized void close() {
        closed = true;
        running.forEach(Embedding::close);
    }
}
