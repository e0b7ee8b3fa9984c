/// The evaluation harness: how well does a model reason, and is that different from another one?
@org.jspecify.annotations.NullMarked
module dev.tramontane.eval {
    requires static transitive org.jspecify; // pages are given readers that may find nothing
    requires java.desktop; // pictures of charts
    requires transitive dev.tramontane.engine;
    requires transitive dev.tramontane.tools;
    requires transitive dev.tramontane.wire;
    requires org.snakeyaml.engine;
    requires ch.obermuhlner.math.big;

    exports dev.tramontane.eval;
    exports dev.tramontane.eval.benchmark;
    exports dev.tramontane.eval.graders;
    exports dev.tramontane.eval.items;
    exports dev.tramontane.eval.language;
    exports dev.tramontane.eval.report;
    exports dev.tramontane.eval.report.curves;
    exports dev.tramontane.eval.report.drawing;
    exports dev.tramontane.eval.report.page;
    exports dev.tramontane.eval.run;
    exports dev.tramontane.eval.stats;
    exports dev.tramontane.eval.suite;
    exports dev.tramontane.eval.yaml;
}
