package dev.tramontane.kernels;

import static dev.tramontane.kernels.InstructionSet.AVX2;
import static dev.tramontane.kernels.InstructionSet.AVX512_VNNI;
import static dev.tramontane.kernels.InstructionSet.AVX_VNNI;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class CpuFeaturesTest {
    // Leaf 1 ecx, leaf 7 ebx and ecx, its subleaf 1 eax, XCR0 and leaf 0 ebx, of such processors.
    private static final int INTEL = 0x756E6547;
    private static final int AMD = 0x68747541;
    private static final int AVX2_LEAF_1 = 0x7FFAFBFF;
    private static final int[] HASWELL = {AVX2_LEAF_1, 0x27AB, 0, 0, 0x7, INTEL};
    private static final int[] ALDER_LAKE = {
        AVX2_LEAF_1, 0x239CA7EB, 0x98C007AC, 0x1C30, 0x7, INTEL
    };
    private static final int[] ZEN_4 = {AVX2_LEAF_1, 0xF1BF97A9, 0x405FCE, 0x20, 0xE7, AMD};
    private static final int[] ICE_LAKE = {AVX2_LEAF_1, 0xF2BF67EB, 0x405F4E, 0, 0xE7, INTEL};

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
    void bfloat16_is_taken_of_amd_and_with_the_registers_alone() {
        assertEquals(List.of(AVX512_VNNI, AVX2), CpuFeatures.of(ZEN_4).sets());
        assertTrue(CpuFeatures.of(ZEN_4).hasFastBfloat16());
        int[] intel = ZEN_4.clone();
        intel[5] = INTEL;
        assertFalse(CpuFeatures.of(intel).hasFastBfloat16());
        int[] noZmm = ZEN_4.clone();
        noZmm[4] = 0x7;
        assertFalse(CpuFeatures.of(noZmm).hasFastBfloat16());
        int[] older = ZEN_4.clone();
        older[3] = 0;
        assertFalse(CpuFeatures.of(older).hasFastBfloat16());
        assertFalse(CpuFeatures.of(ALDER_LAKE).hasFastBfloat16());
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
