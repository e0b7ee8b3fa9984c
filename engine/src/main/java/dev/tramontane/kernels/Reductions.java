package dev.tramontane.kernels;

/// What sixteen lanes are together, in 512-bit code.
final class Reductions {
    private Reductions() {}

    /// An operation on two registers.
    interface Operation {
        void emit(int z, int a, int b);
    }

    /// All lanes combined, in every lane: halves with halves, always in this order.
    static void overLanes(
            Avx512Assembler wide, VectorAssembler v, int z, int spare, Operation operation) {
        wide.vshufi32x4(spare, z, z, 0x4E);
        operation.emit(z, z, spare);
        wide.vshufi32x4(spare, z, z, 0xB1);
        operation.emit(z, z, spare);
        v.vpshufd(spare, z, 0x4E);
        operation.emit(z, z, spare);
        v.vpshufd(spare, z, 0xB1);
        operation.emit(z, z, spare);
    }
}
