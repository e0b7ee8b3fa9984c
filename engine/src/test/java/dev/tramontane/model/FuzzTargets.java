package dev.tramontane.model;

import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.weights.ModelFormatException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// What the fuzzer feeds (`mvn -Pfuzz`): a model's file, or one of the files beside it, opened as a
/// whole. Anything but success and {@link ModelFormatException} is a finding; so are a second and
/// 256 MB, which the fuzzer watches.
///
/// `main` writes each target's seed, a small valid file.
public final class FuzzTargets {
    private FuzzTargets() {}

    /// @param args the folder that gets a corpus folder for each target
    public static void main(String[] args) throws IOException {
        Path corpora = Path.of(args[0]);
        seed(corpora, "Gguf", Folder.of("model.gguf").fed());
        seed(corpora, "Safetensors", Folder.of("consolidated.safetensors").fed());
        seed(corpora, "Params", Folder.of("params.json").fed());
        seed(corpora, "Config", Folder.of("config.json").fed());
        seed(corpora, "Vocabulary", Path.of("src/test/resources/vectors/tiny-text-a/tekken.json"));
    }

    private static void seed(Path corpora, String target, Path file) throws IOException {
        Path corpus = Files.createDirectories(corpora.resolve(target));
        Files.write(corpus.resolve("seed"), Files.readAllBytes(file));
    }

    /// A GGUF file: head, configuration, weights and vocabulary.
    public static final class Gguf {
        private static final Folder FOLDER = Folder.of("model.gguf");

        private Gguf() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FOLDER.open(input, FOLDER.fed());
        }
    }

    /// A safetensors file beside a valid configuration.
    public static final class Safetensors {
        private static final Folder FOLDER = Folder.of("consolidated.safetensors");

        private Safetensors() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FOLDER.open(input, FOLDER.root());
        }
    }

    /// Mistral's configuration beside valid weights.
    public static final class Params {
        private static final Folder FOLDER = Folder.of("params.json");

        private Params() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FOLDER.open(input, FOLDER.root());
        }
    }

    /// Hugging Face's configuration beside valid weights.
    public static final class Config {
        private static final Folder FOLDER = Folder.of("config.json");

        private Config() {}

        public static void fuzzerTestOneInput(byte[] input) {
            FOLDER.open(input, FOLDER.root());
        }
    }

    /// A `tekken.json`, and a text through it.
    public static final class Vocabulary {
        private Vocabulary() {}

        public static void fuzzerTestOneInput(byte[] input) {
            try {
                Tekken tekken = Tekken.read(new ByteArrayInputStream(input), "tekken.json");
                tekken.decode(tekken.encode("aé😀 [INST]"), Tokenizer.SpecialTokens.KEEP);
            } catch (ModelFormatException _) { // refused
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// A folder with a small valid model.
    ///
    /// @param fed the one file that the fuzzer writes
    private record Folder(Path root, Path fed) {
        static Folder of(String fed) {
            try {
                Path root = Files.createTempDirectory("fuzz");
                switch (fed) {
                    case "model.gguf" -> SmallModel.writeGguf(root.resolve(fed));
                    case "config.json" -> SmallModel.writeHuggingFace(root);
                    default -> SmallModel.writeMistral(root);
                }
                return new Folder(root, root.resolve(fed));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void open(byte[] input, Path model) {
            // In place: truncating to nothing first would have the file system flush each time.
            try (FileChannel channel = FileChannel.open(fed, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(input), 0);
                channel.truncate(input.length);
                SmallModel.open(model);
            } catch (ModelFormatException _) { // refused
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
