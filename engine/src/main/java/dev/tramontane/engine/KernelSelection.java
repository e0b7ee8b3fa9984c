package dev.tramontane.engine;

import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;

/// Which kernels a choice gives on this machine, and why: the one place that decides.
final class KernelSelection {
    private static final System.Logger LOG = System.getLogger(KernelSelection.class.getName());
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private KernelSelection() {}

    /// Below this size of a model nothing is gained by machine code, whose activations are rounded:
    /// what is smaller is no model but a test. The embedded one begins to answer in half the time.
    static final long SMALLEST_ASSEMBLED_BYTES = 4L << 20;

    /// New kernels; the caller closes them.
    ///
    /// @param weightBytes size of the model that they will compute
    /// @throws IllegalArgumentException when the kernels asked for cannot run here
    static Kernels open(EngineOptions options, long weightBytes) {
        boolean vectors = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        return switch (options.kernels()) {
            case SCALAR -> chosen(new ScalarKernels(), "asked for");
            case VECTOR -> {
                if (!vectors) {
                    throw new IllegalArgumentException(
                            "kernels VECTOR: the module %s is absent, expected it at start; start Java with --add-modules %s"
                                    .formatted(VECTOR_MODULE, VECTOR_MODULE));
                }
                yield chosen(new VectorKernels(threads(options)), "asked for");
            }
            case ASSEMBLED -> {
                try {
                    yield chosen(assembled(options, vectors), "asked for");
                } catch (UnsupportedOperationException e) {
                    throw new IllegalArgumentException(
                            "kernels ASSEMBLED: %s; expected x86-64 with AVX-512 VNNI or AVX2; leave the choice to AUTO"
                                    .formatted(e.getMessage()),
                            e);
                }
            }
            case AUTO -> automatic(options, vectors, weightBytes);
        };
    }

    private static Kernels automatic(EngineOptions options, boolean vectors, long weightBytes) {
        String reason = "the model is small";
        if (weightBytes >= SMALLEST_ASSEMBLED_BYTES) {
            try {
                return chosen(assembled(options, vectors), "the fastest here");
            } catch (UnsupportedOperationException e) {
                reason = String.valueOf(e.getMessage());
                LOG.log(System.Logger.Level.INFO, "No machine code: {0}", reason);
            }
        }
        if (vectors) {
            return chosen(new VectorKernels(threads(options)), reason);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "Running on slow scalar kernels: start Java with --add-modules {0} for the fast ones",
                VECTOR_MODULE);
        return chosen(new ScalarKernels(), VECTOR_MODULE + " is absent");
    }

    private static Kernels assembled(EngineOptions options, boolean vectors) {
        return new AssembledKernels(threads(options), vectors);
    }

    /// Threads that compute.
    static int threads(EngineOptions options) {
        return options.threads() == 0
                ? Runtime.getRuntime().availableProcessors()
                : options.threads();
    }

    private static Kernels chosen(Kernels kernels, String reason) {
        LOG.log(System.Logger.Level.DEBUG, "Kernels: {0}, {1}", kernels.name(), reason);
        return kernels;
    }
}
