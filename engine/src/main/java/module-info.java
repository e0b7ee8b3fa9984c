/// Runs Magistral-family models in process: token ids in and out below ({@link
/// dev.tramontane.engine}), messages in and events out above ({@link dev.tramontane.chat}).
///
/// The front door is exported to everybody; the workshop (weights, kernels, the forward pass) only
/// to the trainer with its modules, the command line and the benchmarks.
@SuppressWarnings("module") // the workshop's readers are modules that are compiled after this one
@org.jspecify.annotations.NullMarked
module dev.tramontane.engine {
    requires static org.jspecify;
    requires static jdk.incubator.vector;
    requires transitive tools.jackson.databind;

    exports dev.tramontane.engine;
    exports dev.tramontane.chat;
    exports dev.tramontane.tokenizer;
    exports dev.tramontane.sampling;
    exports dev.tramontane.grammar;
    exports dev.tramontane.grammar.schema;
    exports dev.tramontane.image;
    exports dev.tramontane.model to
            dev.tramontane.train,
            dev.tramontane.train.torch,
            dev.tramontane.cluster,
            dev.tramontane.cli,
            dev.tramontane.bench,
            dev.tramontane.nano;
    exports dev.tramontane.weights to
            dev.tramontane.train,
            dev.tramontane.train.torch,
            dev.tramontane.cluster,
            dev.tramontane.cli,
            dev.tramontane.bench,
            dev.tramontane.server,
            dev.tramontane.terminal,
            dev.tramontane.nano;
    exports dev.tramontane.kernels to
            dev.tramontane.train,
            dev.tramontane.train.torch,
            dev.tramontane.cluster,
            dev.tramontane.cli,
            dev.tramontane.bench,
            dev.tramontane.nano;
    exports dev.tramontane.tensor to
            dev.tramontane.train,
            dev.tramontane.train.torch,
            dev.tramontane.cluster,
            dev.tramontane.cli,
            dev.tramontane.bench,
            dev.tramontane.nano;
    exports dev.tramontane.cache to
            dev.tramontane.train,
            dev.tramontane.train.torch,
            dev.tramontane.cluster,
            dev.tramontane.cli,
            dev.tramontane.bench;
}
