package dev.tramontane.train.nano;

import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.nano.TrainedModel;
import dev.tramontane.tensor.DType;
import dev.tramontane.train.ModelExport;
import dev.tramontane.train.TrainableWeights;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Writes a trained nano as files. The folder `nano` is what the repository keeps, and what another
/// run can start from: F16 weights in Hugging Face's layout, the vocabulary, the card, and in
/// `training.json` what they were made of. Beside it lie `nano.gguf`, the file that ships, made of
/// that folder; its system prompt; and `SHA256SUMS`.
final class NanoExport {
    private static final String FOLDER = "nano";
    private static final String MODEL = "nano.gguf";
    private static final String SYSTEM_PROMPT = "system_prompt.txt";

    /// Near the likeliest token, so that digits are copied and not drawn.
    private static final double TEMPERATURE = 0.3;

    private static final double TOP_P = 0.9;

    /// Right answers that a model needs which runs without a warning.
    private static final double GOOD = 0.85;

    /// Lessons whose hash tells which generators taught: as many as show any change of them.
    private static final int HASHED_LESSONS = 1_000;

    private final NanoSettings settings;
    private final NanoRecipe.Origin origin;
    private final NanoReport report;

    NanoExport(NanoSettings settings, NanoRecipe.Origin origin, NanoReport report) {
        this.settings = settings;
        this.origin = origin;
        this.report = report;
    }

    /// @param vocabulary the `tekken.json`
    /// @param folder made where it is missing; what it holds of the same name is replaced
    void write(TrainableWeights weights, Path vocabulary, Path folder) throws IOException {
        Path model = folder.resolve(FOLDER);
        ModelExport.toFolder(weights, model, DType.F16);
        Files.copy(
                vocabulary,
                model.resolve(TrainedModel.VOCABULARY),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(model.resolve("generation_config.json"), sampling());
        Files.writeString(model.resolve(TrainedModel.TRAINING), training(vocabulary));
        Files.writeString(
                model.resolve(TrainedModel.CARD),
                NanoCard.of(settings, made(), weights.count(), report));
        Path notice = model.resolve(TrainedModel.NOTICE);
        Files.deleteIfExists(notice);
        if (report.all().accuracy() < GOOD) {
            Files.writeString(notice, notice());
        }
        for (Path place : new Path[] {model, folder}) {
            Files.writeString(place.resolve(SYSTEM_PROMPT), Lessons.systemPrompt() + "\n");
        }
        TrainedModel.write(model, folder.resolve(MODEL));
        String sums = sum(folder, MODEL) + sum(folder, FOLDER + "/" + TrainedModel.WEIGHTS);
        Files.writeString(folder.resolve("SHA256SUMS"), sums);
    }

    private String notice() {
        return String.format(
                Locale.ROOT,
                "nano is still learning: it answers %.0f of 100 problems of its kinds right, and"
                        + " nothing else. Run a larger model with: tramontane run -m MODEL.gguf\n",
                100 * report.all().accuracy());
    }

    private static String sampling() {
        var json = new JsonMapper().createObjectNode();
        json.put("do_sample", true).put("temperature", TEMPERATURE).put("top_p", TOP_P);
        return json.toPrettyString() + "\n";
    }

    private String made() throws IOException {
        Optional<String> start = start();
        return "`%s`%s"
                .formatted(
                        origin.command(),
                        start.map(hash -> ", from the weights with SHA-256 " + hash).orElse(""));
    }

    /// The hash of the weights that the run started from.
    private Optional<String> start() throws IOException {
        return origin.from().isPresent()
                ? Optional.of(
                        sha256(
                                Files.readAllBytes(
                                        origin.from().get().resolve(TrainedModel.WEIGHTS))))
                : Optional.empty();
    }

    /// What the model in a folder that this wrote answered right.
    ///
    /// @throws IllegalArgumentException where the folder has no such file
    static NanoSettings.Tested tested(Path folder) throws IOException {
        Path file = folder.resolve(TrainedModel.TRAINING);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(
                    "%s: not there, expected what `train nano` exported beside the weights; name the folder that holds it"
                            .formatted(file));
        }
        JsonNode report;
        try {
            report = new JsonMapper().readTree(Files.readString(file)).path("evaluation");
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s: not JSON (%s); export the weights again"
                            .formatted(file, e.getOriginalMessage()),
                    e);
        }
        Map<String, Double> families = new HashMap<>();
        for (Map.Entry<String, JsonNode> family : report.path("families").properties()) {
            families.put(family.getKey(), accuracy(family.getValue()));
        }
        Map<Integer, Double> levels = new HashMap<>();
        for (int level = 1; level <= ProblemFamily.LEVELS; level++) {
            levels.put(level, accuracy(report.path("levels").path(Integer.toString(level))));
        }
        return new NanoSettings.Tested(families, levels);
    }

    private static double accuracy(JsonNode share) {
        return share.path("accuracy").asDouble(0);
    }

    /// What the weights were made of.
    private String training(Path vocabulary) throws IOException {
        ObjectNode json = new JsonMapper().createObjectNode();
        json.put("command", origin.command());
        start().ifPresent(hash -> json.put("from_sha256", hash));
        var stages = json.putArray("stages");
        for (NanoSettings.Stage stage : settings.stages()) {
            ObjectNode entry = stages.addObject();
            entry.put("steps", stage.steps()).put("tokens", stage.tokens());
            stage.levels().forEach(entry.putArray("levels")::add);
        }
        NanoSettings.Learning learning = settings.learning();
        json.putObject("learning")
                .put("rate", learning.rate())
                .put("warmup_steps", learning.warmupSteps())
                .put("decay_steps", learning.decaySteps())
                .put("most_gradient_norm", learning.mostGradientNorm());
        json.put("vocabulary_sha256", sha256(Files.readAllBytes(vocabulary)));
        json.put("lessons_sha256", sha256(lessons().getBytes(StandardCharsets.UTF_8)));
        json.set("evaluation", report.json());
        return json.toPrettyString() + "\n";
    }

    private String lessons() throws IOException {
        var lessons = new Lessons(origin.seed(), settings.mix(settings.stages().getLast()));
        var text = new StringBuilder();
        for (int number = 0; number < HASHED_LESSONS; number++) {
            lessons.at(number).texts().forEach(part -> text.append(part).append('\n'));
        }
        return text.toString();
    }

    /// A line as `sha256sum --check` reads it.
    private static String sum(Path folder, String file) throws IOException {
        return "%s  %s\n".formatted(sha256(Files.readAllBytes(folder.resolve(file))), file);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
