/// What a model may do beside talking.
@org.jspecify.annotations.NullMarked
module dev.tramontane.tools {
    requires static org.jspecify;
    requires transitive dev.tramontane.engine;

    exports dev.tramontane.tools.sandbox;
}
