package dev.tramontane.nano;

import dev.tramontane.kernels.RowEncoder;
import dev.tramontane.model.FileType;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.TextExport;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.GgufWriter;
import dev.tramontane.weights.ModelFolder;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A trained nano: a folder in Hugging Face's layout, as `train nano` exports it and the repository
/// keeps it, and the GGUF file that is made of it. The trainer and the build make the same bytes.
public final class TrainedModel {
    /// The weights, in F16.
    public static final String WEIGHTS = "model.safetensors";

    /// The vocabulary.
    public static final String VOCABULARY = "tekken.json";

    /// What there is to say about the model.
    public static final String CARD = "card.md";

    /// How it was made, as JSON; the GGUF file has it as an entry.
    public static final String TRAINING = "training.json";

    /// What who opens the model is told; not every model has one.
    public static final String NOTICE = "notice.txt";

    private static final FileType TYPE = FileType.Q8_0;
    private static final int THREADS = 1;

    private TrainedModel() {}

    /// Writes the GGUF file.
    ///
    /// @param folder whose name becomes the model's
    /// @throws dev.tramontane.weights.ModelFormatException when the folder is no model
    public static void write(Path folder, Path gguf) throws IOException {
        try (Arena arena = Arena.ofShared();
                var encoder = new RowEncoder(THREADS)) {
            ModelFolder source = ModelFolder.open(folder, arena);
            var text = new TextExport(source, Optional.of(TYPE), false);
            var writer = new GgufWriter();
            text.describe(writer);
            writer.put("general.license", "apache-2.0")
                    .put("tramontane.training", Files.readString(folder.resolve(TRAINING)).strip());
            if (Files.exists(folder.resolve(NOTICE))) {
                String notice = Files.readString(folder.resolve(NOTICE)).strip();
                writer.put("tramontane.notice", notice);
            }
            Tokenizer.of(source).writeTo(writer, ModelConfig.read(source).vocab());
            text.addTensors(writer, encoder);
            writer.write(gguf);
        }
    }
}
