package dev.tramontane.cli;

import dev.tramontane.engine.Scorer;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.tokenizer.Tokenizer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/// `perplexity`: how well a model foretells a text.
@Command(
        name = "perplexity",
        description =
                "Measure how well a model foretells a text, in llama.cpp's protocol: windows of"
                        + " --context tokens (default: 512), the second half of each counted.")
final class PerplexityCommand implements Callable<Integer> {
    private static final int DEFAULT_WINDOW = 512;

    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            required = true,
            description = "The text, in UTF-8; one line break at its end does not count.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    PerplexityCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Path path = model.path(io);
        Tokenizer tokenizer = TokenizerSource.open(path).tokenizer();
        int[] tokens = Perplexity.tokens(tokenizer, text());
        try (OpenWeights opened = OpenWeights.open(path, engine.placement())) {
            int window = engine.contextOr(Math.min(DEFAULT_WINDOW, opened.config().context()));
            var options = engine.options().withContext(window);
            try (Scorer scorer =
                    Scorer.over(opened.config(), opened.weights(), options, opened.watch())) {
                int windows = tokens.length / window;
                Perplexity result =
                        Perplexity.of(
                                scorer, tokenizer, tokens, window, done -> show(done, windows));
                print(tokens.length, window, result);
            }
        }
        return 0;
    }

    private String text() throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private void show(int done, int windows) {
        if (io.errHasColour()) {
            io.err().printf("\r\033[K%s", done < windows ? done + " of " + windows : "");
        }
    }

    private void print(int tokens, int window, Perplexity result) {
        if (json) {
            io.out()
                    .println(
                            Json.object()
                                    .put("tokens", tokens)
                                    .put("window", window)
                                    .put("windows", result.windows())
                                    .put("scored", result.scored())
                                    .put("nll", result.nll())
                                    .put("perplexity", result.value())
                                    .put("error", result.error()));
            return;
        }
        io.out()
                .printf(
                        Locale.ROOT,
                        """
                        tokens      %d (%d counted, in %d windows of %d)
                        nll         %.5f
                        perplexity  %.4f ± %.4f
                        """,
                        tokens,
                        result.scored(),
                        result.windows(),
                        window,
                        result.nll(),
                        result.value(),
                        result.error());
    }
}
