package dev.tramontane.kernels;

/// What machine code may be made of.
enum InstructionSet {
    /// AVX-512 (F, BW, DQ, VL) with VNNI: 32 registers of 512 bits, dot products of bytes.
    AVX512_VNNI("AVX-512 VNNI", 64),

    /// AVX2 with FMA, F16C and AVX-VNNI: 16 registers of 256 bits, dot products of bytes.
    AVX_VNNI("AVX2 and AVX-VNNI", 32),

    /// AVX2 with FMA and F16C: products of bytes are added up in 16 bits.
    AVX2("AVX2", 32);

    private final String words;
    private final int vectorBytes;

    InstructionSet(String words, int vectorBytes) {
        this.words = words;
        this.vectorBytes = vectorBytes;
    }

    /// Its name for people.
    String words() {
        return words;
    }

    /// Bytes of a register.
    int vectorBytes() {
        return vectorBytes;
    }

    /// Rows that lie side by side in a register, one a dword.
    int lanes() {
        return vectorBytes / 4;
    }

    boolean isWide() {
        return vectorBytes == 64;
    }
}
