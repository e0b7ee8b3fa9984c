package dev.tramontane.cli;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.MemoryForecast;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.model.ModelShape;
import dev.tramontane.wire.Dialect;
import dev.tramontane.wire.UpstreamException;
import dev.tramontane.wire.UpstreamModel;
import dev.tramontane.wire.UpstreamOptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The model that a benchmark asks, and what its log says about it.
///
/// @param concurrency requests that keep it busy
record EvaluatedModel(ChatModel model, RunHeader.Model identity, int concurrency)
        implements AutoCloseable {
    /// Requests at once that a server elsewhere gets unless somebody says otherwise.
    private static final int REMOTE_CONCURRENCY = 16;

    /// Requests at once that an engine here gets.
    private static final int LOCAL_CONCURRENCY = 8;

    /// The share of the free memory that keys and values may take.
    private static final double CACHE_SHARE = 0.6;

    /// A model of this machine, with room for as many long answers as its memory allows.
    ///
    /// @param maxTokens of an answer
    /// @param wanted requests at once; empty for as many as suit
    static EvaluatedModel local(
            Path path, String name, EngineFlags flags, int maxTokens, Optional<Integer> wanted)
            throws IOException {
        int concurrency = wanted.orElse(LOCAL_CONCURRENCY);
        EngineOptions options = flags.options(path).withMaxSequences(concurrency);
        try (OpenWeights weights = OpenWeights.open(path, flags.placement())) {
            int context =
                    Math.min(
                            flags.contextOr(maxTokens + RunHeader.PROMPT_POSITIONS),
                            weights.config().context());
            options = options.withContext(context);
            var memory =
                    MemoryForecast.of(ModelShape.of(weights.config(), weights.weights()), options);
            long one = memory.kvCacheBytes(context);
            double free = Machine.here().availableBytes() - memory.residentBytes(0);
            long most = Math.max(one, (long) (CACHE_SHARE * free));
            options = options.withKvCacheBytes(Math.min(concurrency * one, most));
        }
        LocalModel model = LocalModel.open(path, options);
        try {
            var identity =
                    new RunHeader.Model(
                            name,
                            path.toString(),
                            Optional.of(ModelDigest.of(path)),
                            Optional.empty(),
                            model.template().map(ChatTemplate::format),
                            Optional.of(model.context()));
            return new EvaluatedModel(model, identity, concurrency);
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// A model of a server.
    ///
    /// @param named what the server knows it as; empty where it has but one
    /// @param dialect that it is asked in; empty for that of its address
    /// @param thinkingOpened whether its prompts end in a mark that opens the thinking
    static EvaluatedModel remote(
            String endpoint,
            Optional<String> named,
            Optional<Dialect> dialect,
            boolean thinkingOpened,
            Map<String, String> environment,
            Optional<Integer> wanted) {
        UpstreamOptions found =
                UpstreamOptions.of(endpoint, environment).withOpensThinking(thinkingOpened);
        UpstreamOptions options = dialect.map(found::withDialect).orElse(found);
        UpstreamModel model = reached(named.map(options::withModel).orElse(options));
        var identity =
                new RunHeader.Model(
                        model.name(),
                        endpoint,
                        Optional.empty(),
                        named.isPresent() ? Optional.empty() : Optional.of(model.name()),
                        Optional.empty(),
                        Optional.empty());
        return new EvaluatedModel(model, identity, wanted.orElse(REMOTE_CONCURRENCY));
    }

    /// The model of a server that answers.
    ///
    /// @throws UncheckedIOException when it does not: no defect of ours, but its owner's business
    static UpstreamModel reached(UpstreamOptions options) {
        try {
            return UpstreamModel.open(options);
        } catch (UpstreamException e) {
            throw new UncheckedIOException(new IOException(e.getMessage(), e));
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
