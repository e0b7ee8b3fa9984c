package dev.tramontane.engine;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.ScalarKernels;
import dev.tramontane.kernels.VectorKernels;

/// Which kernels a choice gives on this machine, and why: the one place that decides.
final class KernelSelection {
    private static final System.Logger LOG = System.getLogger(KernelSelection.class.getName());
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private KernelSelection() {}

    /// New kernels; the caller closes them.
    ///
    /// @throws IllegalArgumentException when vector kernels are asked for and cannot run
    static Kernels open(EngineOptions options) {
        boolean vectors = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
        return switch (options.kernels()) {
            case SCALAR -> chosen(new ScalarKernels(), "asked for");
            case VECTOR -> {
                if (!vectors) {
                    throw new IllegalArgumentException(
                            "kernels VECTOR: the module %s is absent, expected it at start; start Java with --add-modules %s"
                                    .formatted(VECTOR_MODULE, VECTOR_MODULE));
                }
                yield chosen(vector(options), "asked for");
            }
            case AUTO -> {
                if (vectors) {
                    yield chosen(vector(options), "the fastest here");
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "Running on slow scalar kernels: start Java with --add-modules {0} for the fast ones",
                        VECTOR_MODULE);
                yield chosen(new ScalarKernels(), VECTOR_MODULE + " is absent");
            }
        };
    }

    /// To be called, and its class so loaded, only where the module is present.
    private static Kernels vector(EngineOptions options) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new VectorKernels(options.threads() == 0 ? cores : options.threads());
    }

    private static Kernels chosen(Kernels kernels, String reason) {
        LOG.log(System.Logger.Level.DEBUG, "Kernels: {0}, {1}", kernels.name(), reason);
        return kernels;
    }
}
