package dev.tramontane.tensor;

/// How a tensor's rows lie in memory.
///
/// Interleaved rows for kernels that multiply sixteen rows at once are a second constant when they
/// are measured to pay (docs/adr/0003); every operation switches over this type without `default`,
/// so the compiler then lists the places to visit.
public enum Layout {
    /// Row after row, each row's blocks in order: as in model files, and all activations.
    ROWS
}
