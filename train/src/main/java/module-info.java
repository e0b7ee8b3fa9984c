/// The trainer: gradients by hand over the engine's own weights, optimisers, and the losses of
/// supervised and reinforcement learning.
///
/// It exports nothing: it is a program, and its types speak of the engine's workshop, which is open
/// to few.
@org.jspecify.annotations.NullMarked
module dev.tramontane.train {
    requires static org.jspecify;
    requires jdk.incubator.vector;
    requires dev.tramontane.engine;
}
