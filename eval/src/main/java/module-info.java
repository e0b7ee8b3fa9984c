/// The evaluation harness: how well does a model reason, and is that different from another one?
@org.jspecify.annotations.NullMarked
module dev.tramontane.eval {
    requires static org.jspecify;
    requires transitive dev.tramontane.engine;
    requires dev.tramontane.tools;
    requires dev.tramontane.wire;

    exports dev.tramontane.eval;
    exports dev.tramontane.eval.graders;
}
