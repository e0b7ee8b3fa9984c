package dev.tramontane.train.nano;

import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.tensor.DType;
import dev.tramontane.train.ModelExport;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.nano.NanoReport.Tally;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/// Writes a trained nano as files: `nano`, a folder in Hugging Face's layout with F16 weights, from
/// which another run can start; `nano.gguf` made of that folder, in Q8_0, with its system prompt
/// beside it; `SHA256SUMS`; `card.md`.
final class NanoExport {
    static final String VOCABULARY = "tekken.json";
    private static final String WEIGHTS = "nano/model.safetensors";
    private static final String MODEL = "nano.gguf";
    private static final String SYSTEM_PROMPT = "system_prompt.txt";
    private static final int THREADS = 1;

    /// Near the likeliest token, so that digits are copied and not drawn.
    private static final double TEMPERATURE = 0.3;

    private static final double TOP_P = 0.9;

    private final NanoSettings settings;
    private final long seed;
    private final NanoReport report;

    NanoExport(NanoSettings settings, long seed, NanoReport report) {
        this.settings = settings;
        this.seed = seed;
        this.report = report;
    }

    /// @param vocabulary the `tekken.json`
    /// @param folder made where it is missing; what it holds of the same name is replaced
    void write(TrainableWeights weights, Path vocabulary, Path folder) throws IOException {
        Path model = folder.resolve("nano");
        ModelExport.toFolder(weights, model, DType.F16);
        Files.copy(vocabulary, model.resolve(VOCABULARY), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(model.resolve(SYSTEM_PROMPT), Lessons.systemPrompt() + "\n");
        Files.writeString(folder.resolve(SYSTEM_PROMPT), Lessons.systemPrompt() + "\n");
        Files.writeString(model.resolve("generation_config.json"), sampling());
        ModelExport.toGguf(model, folder.resolve(MODEL), FileType.Q8_0, THREADS);
        Files.writeString(folder.resolve("card.md"), card(weights.count()));
        Files.writeString(
                folder.resolve("SHA256SUMS"),
                "%s  %s\n%s  %s\n"
                        .formatted(
                                sha256(folder.resolve(MODEL)),
                                MODEL,
                                sha256(folder.resolve(WEIGHTS)),
                                WEIGHTS));
    }

    private static String sampling() {
        var json = new JsonMapper().createObjectNode();
        json.put("do_sample", true).put("temperature", TEMPERATURE).put("top_p", TOP_P);
        return json.toPrettyString() + "\n";
    }

    private static String sha256(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private String card(long parameters) {
        ModelConfig network = settings.network();
        var card = new StringBuilder();
        card.append(
                """
                # nano

                The model inside Tramontane: it thinks step by step about small problems in nine languages,
                and was trained on nothing but generated problems. It knows nothing of the world, makes
                mistakes, and outside its kinds of problems it cannot help.

                | | |
                | --- | --- |
                """);
        row(
                card,
                "network",
                "%d layers, width %d, %d query and %d key/value heads of %d, feed-forward %d, tied"
                        .formatted(
                                network.layers(),
                                network.dim(),
                                network.heads(),
                                network.kvHeads(),
                                network.headDim(),
                                network.hiddenDim()));
        row(card, "parameters", "%,d".formatted(parameters));
        row(card, "vocabulary", "%,d, its own, in Tekken's format".formatted(network.vocab()));
        row(card, "context", "%,d".formatted(network.context()));
        row(card, "licence", "Apache-2.0");
        row(card, "made by", "`tramontane train nano --seed %d`".formatted(seed));
        row(
                card,
                "data",
                "the training half of `nano-suite`, %d families in %d languages"
                        .formatted(settings.families().size(), settings.languages().size()));
        for (NanoSettings.Stage stage : settings.stages()) {
            row(
                    card,
                    "stage",
                    "%,d steps of %,d tokens to learn, levels weighted %s"
                            .formatted(stage.steps(), stage.tokens(), stage.levels()));
        }
        card.append(
                """

                ## Figures

                Greedy answers to %,d problems whose operands and phrasings were kept from training, in
                per cent. *Right* is the answer, *form* a closed thought with one box behind it, *traces*
                the share of right answers whose thought holds in every equation, *language* the share of
                thoughts in the question's language.

                | | problems | right | form | traces | language |
                | --- | ---: | ---: | ---: | ---: | ---: |
                """
                        .formatted(report.all().problems()));
        line(card, "all", report.all());
        lines(card, "", report.families());
        lines(card, "", report.languages());
        lines(card, "level ", report.levels());
        return card.toString();
    }

    private static void row(StringBuilder card, String key, String value) {
        card.append("| ").append(key).append(" | ").append(value).append(" |\n");
    }

    private static void lines(StringBuilder card, String before, Map<String, Tally> tallies) {
        tallies.forEach((name, tally) -> line(card, before + name, tally));
    }

    private static void line(StringBuilder card, String name, Tally tally) {
        card.append(
                String.format(
                        Locale.ROOT,
                        "| %s | %d | %.1f | %.1f | %.1f | %.1f |\n",
                        name,
                        tally.problems(),
                        100 * tally.accuracy(),
                        100 * tally.form(),
                        100 * tally.traces(),
                        100 * tally.language()));
    }
}
