package dev.tramontane.sampling;

import dev.tramontane.kernels.Kernels;

import java.util.concurrent.atomic.AtomicInteger;

/// A sampler for each thread of the kernels, so that the rows of a step are sampled side by side:
/// no row depends on another, and a row's random number belongs to its seed and position. So which
/// thread takes which row changes nothing.
public final class Samplers {
    private final Kernels kernels;
    private final Sampler[] samplers;

    /// What is done with a row, or with rows that depend on each other.
    public interface Work {
        /// @param sampler that nobody else uses meanwhile
        /// @param number of the work, from 0
        void run(Sampler sampler, int number);
    }

    /// @param kernels whose threads work
    /// @param vocab length of a row
    /// @param most works at once, and so samplers
    @SuppressWarnings("exports") // a workshop door
    public Samplers(Kernels kernels, int vocab, int most) {
        this.kernels = kernels;
        samplers = new Sampler[Math.clamp(most, 1, kernels.threads())];
        for (int i = 0; i < samplers.length; i++) {
            samplers[i] = new Sampler(kernels.logitPasses(), vocab);
        }
    }

    /// Bytes of the buffers for so many threads.
    public static long bytes(int vocab, int threads, int most) {
        return Sampler.bytes(vocab) * Math.clamp(most, 1, threads);
    }

    /// Runs works that do not depend on each other, and returns when all have ended. What one
    /// throws is thrown here; others may then not have run.
    public void forEach(int works, Work work) {
        int tasks = Math.min(works, samplers.length);
        var next = new AtomicInteger();
        kernels.share(
                tasks,
                task -> {
                    for (int i = next.getAndIncrement(); i < works; i = next.getAndIncrement()) {
                        work.run(samplers[task], i);
                    }
                });
    }
}
