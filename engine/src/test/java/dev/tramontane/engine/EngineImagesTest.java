package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.image.ImagePatches;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.kernels.VectorKernels;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.model.VisionConfig;
import dev.tramontane.model.VisionModel;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.GgufFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Images in requests: each stands in its place, is encoded once for an owner, and stops nobody.
@Timeout(300)
class EngineImagesTest {
    private static final int IMAGE_TOKEN = 10;
    private static final int SIDE = 4;

    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withKernels(EngineOptions.KernelChoice.VECTOR).withThreads(1);

    private static final VisionConfig CONFIG =
            new VisionConfig(
                    32,
                    2,
                    2,
                    48,
                    256,
                    SIDE,
                    2,
                    10_000,
                    1e-5f,
                    1e-5f,
                    Kernels.RopePairs.INTERLEAVED);

    /// A file that some vision part might lie in: nobody reads it.
    private static GgufFile file(Arena arena) {
        try {
            return GgufFile.open(
                    Path.of("src/test/resources/vectors/tiny-vision/mmproj-f32.gguf"), arena);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static VisionModel vision(TinyModel model) {
        return new VisionModel(
                CONFIG,
                RandomWeights.vision(CONFIG, model.config().dim(), 3, model.arena()),
                file(model.arena()));
    }

    private static Engine open(EngineOptions options) {
        var model = TinyModel.create();
        return Engine.over(
                model.config(),
                model.weights(),
                model.arena(),
                options,
                new VectorKernels(1),
                FileWatch.nothing(),
                Optional.empty(),
                Optional.of(vision(model)),
                () -> 0); // no time passes: a piece after every step
    }

    private static ImagePatches image(int rows, int columns, long seed) {
        var random = new Random(seed);
        float[] values = new float[rows * columns * CONFIG.patchValues()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new ImagePatches(rows, columns, SIDE, values);
    }

    /// Text, the images each with a token around, and text.
    private static GenerationRequest request(int maxTokens, ImagePatches... images) {
        List<Integer> prompt = new ArrayList<>(List.of(1, 3));
        for (ImagePatches image : images) {
            prompt.addAll(Collections.nCopies(image.count() / 4, IMAGE_TOKEN));
            prompt.add(13);
        }
        prompt.addAll(List.of(5, 4));
        int[] ids = prompt.stream().mapToInt(Integer::intValue).toArray();
        return GenerationRequest.of(ids, SamplingParams.greedy(maxTokens), Set.of())
                .withImages(PlacedImage.inOrder(ids, IMAGE_TOKEN, 2, List.of(images)));
    }

    private static List<Integer> tokens(Generation generation) {
        List<Integer> tokens = new ArrayList<>();
        for (TokenEvent event : generation.readAll()) {
            if (event instanceof TokenEvent.Sampled sampled) {
                tokens.add(sampled.token());
            }
        }
        return tokens;
    }

    private static int cachedTokens(Generation generation) {
        return assertInstanceOf(TokenEvent.Finished.class, generation.readAll().getLast())
                .cachedTokens();
    }

    /// What a scorer finds likeliest, token by token.
    private static List<Integer> likeliest(GenerationRequest request) {
        var model = TinyModel.create();
        try (Arena _ = model.arena();
                Scorer scorer =
                        Scorer.over(
                                model.config(),
                                model.weights(),
                                OPTIONS,
                                FileWatch.nothing(),
                                Optional.of(vision(model)))) {
            int[] ids = request.prompt();
            List<Integer> chosen = new ArrayList<>();
            for (int i = 0; i < request.sampling().maxTokens(); i++) {
                Scorer.Scores scores = scorer.score(ids, request.images(), 1);
                chosen.add(scores.top().getLast().getFirst().token());
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] = chosen.getLast();
            }
            return chosen;
        }
    }

    @Test
    void a_generation_says_what_follows_its_images() {
        try (Engine engine = open(OPTIONS)) {
            for (var request :
                    List.of(
                            request(5, image(4, 6, 1)),
                            request(5, image(2, 2, 1), image(12, 4, 2)),
                            request(5, image(4, 6, 2)))) {
                assertEquals(likeliest(request), tokens(engine.submit(request)));
            }
        }
        var one = request(5, image(4, 6, 1));
        var other = request(5, image(4, 6, 2));
        assertNotEquals(likeliest(one), likeliest(other), "images make no difference");
    }

    @Test
    void prompts_in_small_steps_and_many_at_once_see_the_same() {
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            requests.add(request(60, image(4, 6, i % 3), image(2, 8, i)));
        }
        List<List<Integer>> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            try (Engine engine = open(OPTIONS)) {
                alone.add(tokens(engine.submit(request)));
            }
        }
        try (Engine engine = open(OPTIONS.withMaxBatchTokens(5).withKvCacheBytes(150_000))) {
            List<Generation> all = Together.submit(engine, requests);
            for (int i = 0; i < all.size(); i++) {
                assertEquals(alone.get(i), tokens(all.get(i)), "request " + i);
            }
            assertTrue(engine.stats().work().setBacks() > 0, "nobody was set back");
        }
    }

    @Test
    void equal_images_of_an_owner_are_encoded_once() {
        try (Engine engine = open(OPTIONS.withPrefixes(PrefixCaching.defaults()))) {
            var request = request(2, image(4, 6, 1), image(4, 6, 2), image(4, 6, 1));
            tokens(engine.submit(request.withOwner("ann")));
            assertEquals(2, engine.stats().work().encodedImages());
            tokens(engine.submit(request(2, image(4, 6, 2)).withOwner("ann")));
            assertEquals(2, engine.stats().work().encodedImages());
            tokens(engine.submit(request(2, image(4, 6, 2)).withOwner("bob")));
            assertEquals(3, engine.stats().work().encodedImages());
        }
    }

    @Test
    void a_prompt_is_found_again_as_far_as_its_images_are_the_same() {
        try (Engine engine = open(OPTIONS)) {
            ImagePatches first = image(16, 4, 1); // positions 2 to 17
            ImagePatches second = image(16, 8, 2); // positions 19 to 50
            int length = request(2, first, second).prompt().length;
            assertEquals(0, cachedTokens(engine.submit(request(2, first, second))));
            assertEquals(
                    (length - 1) / 32 * 32, cachedTokens(engine.submit(request(2, first, second))));
            assertEquals(0, cachedTokens(engine.submit(request(2, image(16, 4, 3), second))));
            ImagePatches late = image(16, 8, 5);
            assertEquals(0, cachedTokens(engine.submit(request(2, first, late))));
            assertEquals(
                    4, engine.stats().work().encodedImages(), "what is cached needs no encoding");
        }
    }

    @Test
    void who_answers_goes_on_while_a_long_image_is_encoded() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        try (Engine engine = open(OPTIONS.withDrafts(false))) {
            var text = new int[] {7, 8, 9};
            var gate = new GateMask();
            Generation answering =
                    engine.submit(
                            new GenerationRequest(
                                    text,
                                    SamplingParams.greedy(60),
                                    Set.of(),
                                    List.of(gate, noting("text", order))));
            GenerationRequest seeing = request(1, image(32, 16, 1)); // 512 patches: 2 chunks
            Generation waiting =
                    engine.submit(
                            new GenerationRequest(
                                            seeing.prompt(),
                                            seeing.sampling(),
                                            Set.of(),
                                            List.of(noting("image", order)))
                                    .withImages(seeing.images()));
            gate.close();
            tokens(answering);
            tokens(waiting);
        }
        int pieces = 2 * (1 + 2 * CONFIG.layers()) + 1;
        assertTrue(order.indexOf("image") >= pieces - 1, order + " of " + pieces + " pieces");
    }

    private static TokenMask noting(String who, List<String> order) {
        return new TokenMask() {
            @Override
            public Verdict next() {
                return Verdict.ANY;
            }

            @Override
            public void accept(int token) {
                order.add(who);
            }

            @Override
            public void rollback(int count) {}
        };
    }

    @Test
    void who_is_cancelled_while_its_image_is_encoded_leaves_nothing() {
        try (Engine engine = open(OPTIONS)) {
            for (int i = 0; i < 20; i++) {
                Generation generation = engine.submit(request(1, image(32, 16, i)));
                generation.close();
                TokenEvent last = generation.readAll().getLast();
                assertInstanceOf(TokenEvent.Finished.class, last);
            }
            var request = request(3, image(2, 2, 1));
            assertEquals(likeliest(request), tokens(engine.submit(request)));
            assertEquals(0, engine.stats().running());
        }
    }

    @Test
    void closing_an_engine_ends_what_waits_for_an_image() {
        Generation generation;
        try (Engine engine = open(OPTIONS)) {
            generation = engine.submit(request(1, image(48, 16, 1)));
        }
        var end = assertInstanceOf(TokenEvent.Finished.class, generation.readAll().getLast());
        assertTrue(end.reason() == FinishReason.CANCELLED || end.reason() == FinishReason.LENGTH);
    }

    @Test
    void images_that_cannot_be_seen_are_refused() {
        int[] prompt = {1, 10, 10, 2};
        ImagePatches image = image(2, 4, 1);
        try (Engine engine = open(OPTIONS)) {
            refused(engine, "expected 2 behind -1", prompt, new PlacedImage(image, new int[] {1}));
            refused(engine, "4 tokens", prompt, new PlacedImage(image, new int[] {3, 4}));
            refused(
                    engine,
                    "expected 2 behind 2",
                    prompt,
                    new PlacedImage(image, new int[] {1, 2}),
                    new PlacedImage(image, new int[] {2, 3}));
            refused(
                    engine,
                    "expected patches of 4 x 4",
                    prompt,
                    new PlacedImage(image(2, 66, 1), IntStream.range(0, 33).toArray()));
        }
        var model = TinyModel.create();
        try (Engine blind = Engine.over(model.config(), model.weights(), model.arena(), OPTIONS)) {
            assertTrue(blind.vision().isEmpty());
            refused(blind, "sees nothing", prompt, new PlacedImage(image, new int[] {1, 2}));
        }
    }

    private static void refused(Engine engine, String why, int[] prompt, PlacedImage... images) {
        var request =
                GenerationRequest.of(prompt, SamplingParams.greedy(1), Set.of())
                        .withImages(List.of(images));
        var refused = assertThrows(IllegalArgumentException.class, () -> engine.submit(request));
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
    }

    @Test
    void images_and_places_must_agree() {
        int[] prompt = {1, 10, 10, 2, 10, 10};
        List<ImagePatches> two = List.of(image(2, 4, 1), image(2, 4, 2));
        List<PlacedImage> placed = PlacedImage.inOrder(prompt, 10, 2, two);
        assertTrue(Arrays.equals(new int[] {1, 2}, placed.getFirst().positions()));
        assertTrue(Arrays.equals(new int[] {4, 5}, placed.getLast().positions()));
        assertNotEquals(placed.getFirst().hash(), placed.getLast().hash());
        assertEquals(
                placed.getFirst().hash(), new PlacedImage(image(2, 4, 1), new int[] {0, 1}).hash());
        assertThrows(
                IllegalArgumentException.class,
                () -> PlacedImage.inOrder(prompt, 10, 2, two.subList(0, 1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> PlacedImage.inOrder(new int[] {1, 10, 10}, 10, 2, two));
        assertThrows(
                IllegalArgumentException.class,
                () -> new PlacedImage(image(2, 4, 1), new int[] {2, 1}));
    }
}
