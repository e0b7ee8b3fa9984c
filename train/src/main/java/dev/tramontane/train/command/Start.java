package dev.tramontane.train.command;

import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;

import java.nio.file.Path;
import java.util.Optional;

/// A model to begin with.
sealed interface Start {
    /// Weights in a file or a folder.
    record Model(Path path) implements Start {}

    /// A network with weights by chance.
    ///
    /// @param network but for its vocabulary, which is the tokenizer's
    /// @param tied whether the output is the embedding
    /// @param tokenizer a `tekken.json`, a `tokenizer.json`, or a model that has one
    record Fresh(ModelConfig network, boolean tied, Path tokenizer) implements Start {}

    /// Reads `model`, or `shape` and `tokenizer`.
    static Start read(Settings settings) {
        Optional<Path> model = settings.path("model");
        Optional<Settings> shape = settings.optionalPart("shape");
        Optional<Path> tokenizer = settings.path("tokenizer");
        if (model.isPresent() == shape.isPresent()) {
            throw settings.wrong(
                    "model",
                    model.isPresent()
                            ? "stands beside shape, expected one of the two; leave one out"
                            : "is missing, expected a model's path, or a shape to begin from chance; add one");
        }
        if (model.isPresent()) {
            if (tokenizer.isPresent()) {
                throw settings.wrong(
                        "tokenizer",
                        "stands beside model, expected it beside a shape alone, as a model has its own; leave it out");
            }
            return new Model(model.get());
        }
        return fresh(settings, shape.orElseThrow(), tokenizer);
    }

    private static Fresh fresh(Settings settings, Settings shape, Optional<Path> tokenizer) {
        int dim = shape.whole("dim", 16);
        int heads = shape.whole("heads", 1);
        var network =
                new ModelConfig(
                        dim,
                        shape.whole("layers", 1),
                        heads,
                        shape.whole("kv-heads", heads, 1),
                        shape.whole("head-dim", Math.max(16, dim / heads), 2),
                        shape.whole("hidden-dim", 3 * dim, 16),
                        1,
                        (float) shape.positive("norm-eps", 1e-5),
                        shape.positive("rope-theta", 10_000),
                        Kernels.RopePairs.SPLIT_HALF,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        shape.whole("context", 1024, 2));
        boolean tied = shape.flag("tied", true);
        shape.end();
        return new Fresh(
                network,
                tied,
                tokenizer.orElseThrow(
                        () ->
                                settings.wrong(
                                        "tokenizer",
                                        "is missing, expected a tekken.json beside a shape; add its path")));
    }
}
