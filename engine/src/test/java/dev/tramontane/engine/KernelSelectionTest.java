package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;

import org.junit.jupiter.api.Test;

class KernelSelectionTest {
    private static String chosenFor(long weightBytes) {
        try (Kernels kernels = KernelSelection.open(EngineOptions.defaults(), weightBytes)) {
            return kernels.name();
        }
    }

    @Test
    void machine_code_is_for_models_and_not_for_those_of_tests() {
        assumeTrue(AssembledKernels.obstacle().isEmpty(), AssembledKernels.obstacle());
        assertTrue(chosenFor(7_000_000).startsWith("assembled"));
        assertTrue(chosenFor(1_000_000).startsWith("vector"));
    }
}
