/// What our command lines share, the models' and the trainer's.
@org.jspecify.annotations.NullMarked
module dev.tramontane.terminal {
    requires static org.jspecify;
    requires dev.tramontane.engine;
    requires transitive info.picocli;

    exports dev.tramontane.terminal;
}
