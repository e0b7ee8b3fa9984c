/// Benches.
@org.jspecify.annotations.NullMarked
module dev.tramontane.bench {
    requires static org.jspecify;
    requires dev.tramontane.engine;
}
