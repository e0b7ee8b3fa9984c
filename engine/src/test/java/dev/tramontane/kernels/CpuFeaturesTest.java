package dev.tramontane.kernels;

import static dev.tramontane.kernels.InstructionSet.AVX2;
import static dev.tramontane.kernels.InstructionSet.AVX512_VNNI;
import static dev.tramontane.kernels.InstructionSet.AVX_VNNI;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.List;

class CpuFeaturesTest {
    // Leaf 1 ecx, leaf 7 ebx and ecx, its subleaf 1 eax, and XCR0, of processors of these kinds.
    private static final int AVX2_LEAF_1 = 0x7FFAFBFF;
    private static final int[] HASWELL = {AVX2_LEAF_1, 0x27AB, 0, 0, 0x7};
    private static final int[] ALDER_LAKE = {AVX2_LEAF_1, 0x239CA7EB, 0x98C007AC, 0x1C30, 0x7};
    private static final int[] ICE_LAKE = {AVX2_LEAF_1, 0xF2BF67EB, 0x405F4E, 0, 0xE7};

    @Test
    void a_processor_has_the_sets_whose_bits_it_shows() {
        assertEquals(List.of(AVX2), CpuFeatures.of(HASWELL).sets());
        assertEquals(List.of(AVX_VNNI, AVX2), CpuFeatures.of(ALDER_LAKE).sets());
        assertEquals(List.of(AVX512_VNNI, AVX2), CpuFeatures.of(ICE_LAKE).sets());
    }

    @Test
    void a_system_that_does_not_save_the_registers_takes_their_sets_away() {
        int[] noZmm = ICE_LAKE.clone();
        noZmm[4] = 0x7;
        assertEquals(List.of(AVX2), CpuFeatures.of(noZmm).sets());
        int[] nothing = ICE_LAKE.clone();
        nothing[4] = 0;
        assertEquals(List.of(), CpuFeatures.of(nothing).sets());
    }

    @Test
    void avx2_without_conversion_of_binary16_or_fused_products_is_not_enough() {
        for (int missing : new int[] {1 << 12, 1 << 28, 1 << 29}) {
            int[] answers = HASWELL.clone();
            answers[0] &= ~missing;
            assertEquals(List.of(), CpuFeatures.of(answers).sets());
        }
    }

    @Test
    void the_fastest_set_is_taken_but_avx_vnni_only_by_name() {
        assertEquals(AVX512_VNNI, AssembledKernels.choose(List.of(AVX512_VNNI, AVX2), ""));
        assertEquals(AVX2, AssembledKernels.choose(List.of(AVX_VNNI, AVX2), ""));
        assertEquals(AVX_VNNI, AssembledKernels.choose(List.of(AVX_VNNI, AVX2), "AVX_VNNI"));
        assertEquals(AVX2, AssembledKernels.choose(List.of(AVX512_VNNI, AVX2), "AVX2"));
    }

    @Test
    void a_set_that_is_not_there_is_refused_with_what_is() {
        var none =
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> AssembledKernels.choose(List.of(), ""));
        assertEquals(
                "this processor has neither AVX-512 VNNI nor AVX2 with FMA and F16C",
                none.getMessage());
        var other =
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> AssembledKernels.choose(List.of(AVX2), "AVX512_VNNI"));
        assertEquals(
                "tramontane.instructions is AVX512_VNNI, which this processor does not have; it has [AVX2]",
                other.getMessage());
    }
}
