package dev.tramontane.bench.vision;

import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.image.RgbImage;
import dev.tramontane.kernels.AssembledKernels;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionModel;
import dev.tramontane.tensor.Tensor;
import dev.tramontane.weights.ModelFolder;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.imageio.ImageIO;

/// Encodes a random image with a model's vision part, by turns with llama.cpp's `llama-mtmd-cli` on
/// the same files where it is given; prints seconds, and the largest resident memory beyond the
/// weights.
///
/// ```
/// java … dev.tramontane.bench.vision.VisionSpeed MODEL.gguf [WIDTHxHEIGHT [ROUNDS [llama-mtmd-cli]]]
/// ```
///
/// The `mmproj` beside the model is found by itself; the other program is told the one that lies
/// there as `mmproj-MODEL.gguf`.
public final class VisionSpeed {
    private static final Pattern ENCODED =
            Pattern.compile("(?:slice encoded|encoding done) in (\\d+) ms");
    private static final Pattern RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private VisionSpeed() {}

    /// @param args see the class
    public static void main(String[] args) throws IOException, InterruptedException {
        Path model = Path.of(args[0]);
        String[] size = (args.length > 1 ? args[1] : "1024x1024").split("x");
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 3;
        Optional<Path> peer = args.length > 3 ? Optional.of(Path.of(args[3])) : Optional.empty();
        RgbImage image = random(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
        int threads = Runtime.getRuntime().availableProcessors();
        try (Arena arena = Arena.ofShared();
                Kernels kernels =
                        AssembledKernels.obstacle().isEmpty()
                                ? new AssembledKernels(threads, true)
                                : new VectorKernels(threads)) {
            ModelFolder folder = ModelFolder.open(model, arena);
            int textDim = ModelConfig.read(folder).dim();
            VisionModel vision = VisionModel.read(folder, textDim).orElseThrow();
            long bytes = vision.weights().bytes();
            var encoder =
                    new VisionEncoder(
                            vision.config(),
                            vision.weights(),
                            kernels,
                            VisionEncoder.usualCache(bytes),
                            () -> {});
            print(
                    "%s by %s, %d MB of weights",
                    vision.file().location(), kernels.name(), bytes >> 20);
            Path file = Files.createTempFile("tramontane-vision", ".png");
            ImageIO.write(buffered(image), "png", file.toFile());
            try {
                measure(encoder, image, rounds, peer, model, file, threads);
            } finally {
                Files.delete(file);
            }
            print("resident at most %d MB beside the weights", (resident() - bytes) >> 20);
        }
    }

    private static void measure(
            VisionEncoder encoder,
            RgbImage image,
            int rounds,
            Optional<Path> peer,
            Path model,
            Path file,
            int threads)
            throws IOException, InterruptedException {
        var config = encoder.config();
        var grid = new ImageGrid(config.patchSize(), config.imageSize(), config.merge());
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            ImagePatches patches = ImagePatches.of(image, grid);
            long cut = System.nanoTime();
            try (Arena memory = Arena.ofShared()) {
                Tensor vectors = encoder.encode(List.of(patches), memory).getFirst();
                ours.add((System.nanoTime() - cut) / 1e9);
                print(
                        "%s become %d vectors in %.2f s, cut in %.3f s",
                        patches, vectors.rows(), ours.getLast(), (cut - start) / 1e9);
            }
            if (peer.isPresent()) {
                theirs.add(peer(peer.get(), model, file, threads));
                print("the other program: %.2f s", theirs.getLast());
            }
        }
        print("median %.2f s", median(ours));
        if (peer.isPresent()) {
            print(
                    "the other's median %.2f s, %.2f times",
                    median(theirs), median(theirs) / median(ours));
        }
    }

    /// Seconds that the other program says it took.
    private static double peer(Path program, Path model, Path image, int threads)
            throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "-m",
                                model.toString(),
                                "--mmproj",
                                model.resolveSibling("mmproj-" + model.getFileName()).toString(),
                                "--image",
                                image.toString(),
                                "--image-max-tokens",
                                "4096",
                                "-t",
                                String.valueOf(threads),
                                "-c",
                                "8192",
                                "-n",
                                "1",
                                "-p",
                                "What is this?",
                                "--chat-template",
                                "mistral-v7")
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        Matcher encoded = ENCODED.matcher(said);
        if (!encoded.find()) {
            throw new IOException(program + " does not say how long it took: " + said);
        }
        return Long.parseLong(encoded.group(1)) / 1e3;
    }

    private static RgbImage random(int width, int height) {
        byte[] pixels = new byte[width * height * RgbImage.CHANNELS];
        new Random(1).nextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    private static BufferedImage buffered(RgbImage image) {
        var buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] pixels = image.pixels();
        for (int i = 0; i < image.width() * image.height(); i++) {
            int rgb =
                    (pixels[3 * i] & 0xff) << 16
                            | (pixels[3 * i + 1] & 0xff) << 8
                            | pixels[3 * i + 2] & 0xff;
            buffered.setRGB(i % image.width(), i / image.width(), rgb);
        }
        return buffered;
    }

    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// The most memory that this process has had, in bytes.
    private static long resident() throws IOException {
        Matcher most = RESIDENT.matcher(Files.readString(Path.of("/proc/self/status")));
        return most.find() ? Long.parseLong(most.group(1)) << 10 : 0;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
