package dev.tramontane.kernels;

/// The general-purpose registers of x86-64, in the order of their numbers (Intel SDM volume 2,
/// section 3.1.1.1).
enum Gpr {
    RAX,
    RCX,
    RDX,
    RBX,
    RSP,
    RBP,
    RSI,
    RDI,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15;

    @SuppressWarnings("EnumOrdinal") // the order is the encoding
    int number() {
        return ordinal();
    }
}
