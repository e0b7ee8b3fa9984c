package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.cache.KvCache;
import dev.tramontane.engine.Generation.WeightsVersions;
import dev.tramontane.model.ModelWeights;
import dev.tramontane.model.RandomWeights;
import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.tensor.DType;
import dev.tramontane.tensor.Layout;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Weights that change while an engine runs.
@Timeout(300)
class WeightsUpdateTest {
    private static final EngineOptions OPTIONS =
            EngineOptions.defaults().withKernels(EngineOptions.KernelChoice.SCALAR);
    private static final int BLOCK = KvCache.BLOCK_SIZE;
    private static final int[] PROMPT =
            IntStream.range(0, 2 * BLOCK + 3).map(i -> i % 90).toArray();
    private static final int TOKENS = 12;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void end() {
        arena.close();
    }

    private static Engine open(TinyModel model) {
        return Engine.over(model.config(), model.weights(), model.arena(), OPTIONS);
    }

    /// One over other weights, whose memory is another's.
    @SuppressWarnings("MustBeClosedChecker") // the engine closes the arena
    private static Engine openOver(ModelWeights weights, TinyModel like) {
        return Engine.over(like.config(), weights, Arena.ofShared(), OPTIONS);
    }

    private static GenerationRequest request(int... prompt) {
        return GenerationRequest.of(prompt, SamplingParams.greedy(TOKENS), Set.of());
    }

    private static List<Integer> tokens(List<TokenEvent> events) {
        return events.stream()
                .filter(TokenEvent.Sampled.class::isInstance)
                .map(event -> ((TokenEvent.Sampled) event).token())
                .toList();
    }

    private static void readToFirstToken(Generation generation) {
        while (!(generation.next() instanceof TokenEvent.Sampled)) {
            assertTrue(generation.hasNext());
        }
    }

    private static int cached(List<TokenEvent> events) {
        return assertInstanceOf(TokenEvent.Finished.class, events.getLast()).cachedTokens();
    }

    private ModelWeights others(TinyModel like) {
        return RandomWeights.of(like.config(), 8, arena);
    }

    @Test
    void published_weights_answer_as_an_engine_that_was_opened_over_them() {
        TinyModel model = TinyModel.create();
        ModelWeights others = others(model);
        try (Engine engine = open(model);
                Engine fresh = openOver(others, model)) {
            Generation before = engine.submit(request(PROMPT));
            List<Integer> old = tokens(before.readAll());
            assertEquals(2 * BLOCK, cached(engine.submit(request(PROMPT)).readAll()));

            engine.publish(others, 1);
            Generation after = engine.submit(request(PROMPT));
            List<TokenEvent> events = after.readAll();
            assertEquals(tokens(fresh.submit(request(PROMPT)).readAll()), tokens(events));
            assertNotEquals(old, tokens(events));
            assertEquals(0, cached(events), "what the old weights computed was used");
            assertEquals(2 * BLOCK, cached(engine.submit(request(PROMPT)).readAll()));
            assertEquals(Optional.of(new WeightsVersions(0, 0)), before.weights());
            assertEquals(Optional.of(new WeightsVersions(1, 1)), after.weights());
        }
    }

    @Test
    void what_runs_goes_on_over_its_older_cache_which_nobody_shares() throws Exception {
        TinyModel model = TinyModel.create();
        ModelWeights others = others(model);
        try (Engine engine = open(model);
                var gate = new GateMask()) {
            List<Integer> old = tokens(engine.submit(request(PROMPT)).readAll());
            var gated =
                    new GenerationRequest(
                            PROMPT, SamplingParams.greedy(BLOCK + 2), Set.of(), List.of(gate));
            Generation running = engine.submit(gated);
            gate.allow(1);
            readToFirstToken(running);
            var publishing =
                    new FutureTask<Void>(
                            () -> {
                                engine.publish(others, 7);
                                return null;
                            });
            startAndWait(publishing);
            gate.open();
            publishing.get();
            List<Integer> rest = tokens(running.readAll());
            assertEquals(new WeightsVersions(0, 7), running.weights().orElseThrow());

            IntStream generated =
                    Stream.concat(Stream.of(old.getFirst()), rest.stream())
                            .mapToInt(token -> token);
            int[] again = IntStream.concat(IntStream.of(PROMPT), generated).toArray();
            assertEquals(PROMPT.length + BLOCK + 2, again.length);
            assertEquals(0, cached(engine.submit(request(again)).readAll()));
        }
    }

    @Test
    void weights_that_are_shared_may_change_while_nothing_runs() {
        TinyModel model = TinyModel.create();
        ModelWeights others = others(model);
        try (Engine engine = open(model);
                Engine fresh = openOver(others, model)) {
            engine.submit(request(PROMPT)).readAll();
            for (int i = 0; i < others.placed().size(); i++) {
                Tensor to = model.weights().placed().get(i).tensor();
                to.data().copyFrom(others.placed().get(i).tensor().data());
            }
            engine.weightsChanged(4);
            Generation after = engine.submit(request(PROMPT));
            List<TokenEvent> events = after.readAll();
            assertEquals(tokens(fresh.submit(request(PROMPT)).readAll()), tokens(events));
            assertEquals(0, cached(events));
            assertEquals(Optional.of(new WeightsVersions(4, 4)), after.weights());
        }
    }

    @Test
    void shared_weights_that_change_under_a_running_request_are_refused_and_the_engine_goes_on()
            throws Exception {
        try (Engine engine = open(TinyModel.create());
                var gate = new GateMask()) {
            Generation running =
                    engine.submit(
                            new GenerationRequest(
                                    PROMPT,
                                    SamplingParams.greedy(TOKENS),
                                    Set.of(),
                                    List.of(gate)));
            gate.allow(1);
            readToFirstToken(running);
            var changing =
                    new FutureTask<>(
                            () ->
                                    assertThrows(
                                            IllegalStateException.class,
                                            () -> engine.weightsChanged(1)));
            startAndWait(changing);
            gate.allow(1); // the step that it waits for
            assertEquals(
                    "weights were changed while 1 requests ran and 0 waited, expected none of both; wait for their ends first, or publish a copy",
                    changing.get().getMessage());
            gate.open();
            assertEquals(TOKENS - 1, tokens(running.readAll()).size());
        }
    }

    @Test
    void weights_of_another_form_or_an_older_version_are_refused() {
        TinyModel model = TinyModel.create();
        TinyModel wider = TinyModel.create(TinyModel.VOCAB + 1, 7);
        ModelWeights others = others(model);
        try (Engine engine = open(model)) {
            assertEquals(
                    "published EMBEDDING is 301 x 32 of F32 in ROWS, expected EMBEDDING 300 x 32 of F32 in ROWS as the engine's; publish weights of the same network and types",
                    refusal(engine, wider.weights(), 1));
            assertEquals(
                    "published EMBEDDING is the engine's own memory; change it while the engine is idle and call weightsChanged, or keep a copy of your own",
                    refusal(engine, model.weights(), 1));
            var tied =
                    new ModelWeights(
                            others.embedding(),
                            others.layers(),
                            others.finalNorm(),
                            others.embedding());
            assertEquals(
                    "published weights have 20 tensors, expected 21 as the engine's; publish those of the same network",
                    refusal(engine, tied, 1));
            engine.publish(others, 2);
            assertEquals(
                    "weights of version 1 after version 2, expected no older ones; number them upwards",
                    refusal(engine, others, 1));
        } finally {
            wider.arena().close();
        }
    }

    private static String refusal(Engine engine, ModelWeights weights, long version) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> engine.publish(weights, version))
                        .getMessage());
    }

    @Test
    void weights_that_nobody_may_write_are_refused() {
        TinyModel model = TinyModel.create();
        ModelWeights own = model.weights();
        Tensor embedding = own.embedding();
        var mapped =
                new Tensor(
                        DType.F32,
                        Layout.ROWS,
                        embedding.rows(),
                        embedding.cols(),
                        embedding.data().asReadOnly());
        var weights = new ModelWeights(mapped, own.layers(), own.finalNorm(), own.output());
        try (Engine engine = Engine.over(model.config(), weights, model.arena(), OPTIONS)) {
            assertEquals(
                    "the engine's EMBEDDING is read-only, as mapped files are; open the engine over weights in memory",
                    refusal(engine, others(model), 1));
        }
    }

    @Test
    void a_closed_engine_takes_no_weights() {
        TinyModel model = TinyModel.create();
        Engine engine = open(model);
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.weightsChanged(1));
    }

    @Test
    void an_engine_that_closes_refuses_the_weights_that_wait() throws Exception {
        TinyModel model = TinyModel.create();
        ModelWeights others = others(model);
        Engine engine = open(model);
        try (var gate = new GateMask()) {
            Generation running =
                    engine.submit(
                            new GenerationRequest(
                                    PROMPT,
                                    SamplingParams.greedy(TOKENS),
                                    Set.of(),
                                    List.of(gate)));
            assertInstanceOf(TokenEvent.Progress.class, running.next());
            var publishing =
                    new FutureTask<>(
                            () ->
                                    assertThrows(
                                            IllegalStateException.class,
                                            () -> engine.publish(others, 1)));
            startAndWait(publishing);
            var closing = new FutureTask<Void>(engine::close, null);
            startAndWait(closing);
            gate.open();
            closing.get();
            assertEquals("the engine is closed", publishing.get().getMessage());
        }
    }

    /// Starts a task that waits for the engine's thread, and returns when it does, or has.
    private static void startAndWait(FutureTask<?> task) {
        Thread thread = Thread.ofPlatform().daemon().start(task);
        Waiting.until("the task waits", () -> waits(thread) || !thread.isAlive(), waits -> waits);
    }

    /// For the engine, not for a lock on the way there.
    private static boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && !(LockSupport.getBlocker(thread) instanceof AbstractQueuedSynchronizer);
    }
}
