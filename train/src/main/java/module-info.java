/// The trainer: gradients by hand over the engine's own weights, optimisers, and the losses of
/// supervised and reinforcement learning.
///
/// Its types speak of the engine's workshop, which is open to few; so are they: to the other back
/// end, and to what spreads a run over machines.
@SuppressWarnings("module") // both are compiled after this one
@org.jspecify.annotations.NullMarked
module dev.tramontane.train {
    requires static org.jspecify;
    requires jdk.incubator.vector;
    requires dev.tramontane.engine;
    requires dev.tramontane.eval;
    requires dev.tramontane.nano;
    requires dev.tramontane.terminal;
    requires info.picocli;

    exports dev.tramontane.train to
            dev.tramontane.train.torch,
            dev.tramontane.cluster;
    exports dev.tramontane.train.grpo to
            dev.tramontane.train.torch,
            dev.tramontane.cluster;

    opens dev.tramontane.train.command to
            info.picocli;
}
