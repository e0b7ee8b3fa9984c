package dev.tramontane.cli;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.PlacedImage;
import dev.tramontane.engine.Scorer;
import dev.tramontane.terminal.Stdio;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/// `score`: the log-probability of each token given those before it, as JSON.
///
/// The first token has none, so its `logprob` is null. With alternatives asked for, each entry's
/// `top` holds the likeliest tokens in its place, and one more entry, without an id, those after
/// the last token.
@Command(
        name = "score",
        description = "Give the log-probability of each token given those before it.")
final class ScoreCommand implements Callable<Integer> {
    private final Stdio io;

    @Mixin private ModelFlag model = new ModelFlag();

    @Mixin private EngineFlags engine = new EngineFlags();

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Source source = new Source();

    /// Where the tokens come from.
    static final class Source {
        @Option(names = "--tokens", paramLabel = "ID", split = ",", description = "Ids, as 1,2,3.")
        private List<Integer> tokens = List.of();

        @Option(
                names = "--jsonl",
                description =
                        "Read one request a line, {\"tokens\", \"images\", \"top\"}, and write one answer a"
                                + " line; images are files, for the [IMG] places in order.")
        private boolean jsonl;
    }

    @Option(
            names = "--top",
            paramLabel = "N",
            description = "Also give the N likeliest tokens in each place.")
    private int top;

    ScoreCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (OpenWeights opened = OpenWeights.openSeeing(model.path(io), engine.placement());
                Scorer scorer =
                        Scorer.over(
                                opened.config(),
                                opened.weights(),
                                engine.options(),
                                opened.watch(),
                                opened.vision())) {
            if (source.jsonl) {
                answerLines(scorer, opened);
            } else {
                int[] tokens = source.tokens.stream().mapToInt(Integer::intValue).toArray();
                io.out().println(scores(scorer, tokens, List.of(), top));
            }
        }
        return 0;
    }

    private void answerLines(Scorer scorer, OpenWeights opened) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(io.in(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            ObjectNode answer;
            try {
                JsonNode request = Json.parse("line", line);
                int[] tokens = Json.ids(request.path("tokens"));
                List<PlacedImage> images =
                        ScoredImages.read(request.path("images"), tokens, opened);
                answer = scores(scorer, tokens, images, request.path("top").asInt(top));
            } catch (IllegalArgumentException | InvalidRequestException | IOException e) {
                answer = Json.object().put("error", e.getMessage());
            }
            io.out().println(answer);
            if (!lines.ready()) {
                io.out().flush();
            }
        }
    }

    private static ObjectNode scores(
            Scorer scorer, int[] tokens, List<PlacedImage> images, int top) {
        Scorer.Scores scores = scorer.score(tokens, images, top);
        ObjectNode answer = Json.object();
        ArrayNode entries = answer.putArray("tokens");
        for (int i = 0; i <= tokens.length; i++) {
            boolean isAfterTheLast = i == tokens.length;
            if (isAfterTheLast && top == 0) {
                break;
            }
            ObjectNode entry = entries.addObject();
            if (!isAfterTheLast) {
                entry.put("id", tokens[i]);
                if (i == 0) {
                    entry.putNull("logprob");
                } else {
                    entry.put("logprob", scores.logprobs()[i]);
                }
            }
            if (top > 0) {
                ArrayNode likeliest = entry.putArray("top");
                for (var alternative :
                        i == 0 ? List.<Scorer.Alternative>of() : scores.top().get(i - 1)) {
                    likeliest
                            .addObject()
                            .put("id", alternative.token())
                            .put("logprob", alternative.logprob());
                }
            }
        }
        return answer;
    }
}
