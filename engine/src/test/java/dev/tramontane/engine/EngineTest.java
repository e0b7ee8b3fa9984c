package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.model.ModelWeights;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.GateMask;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tensor.Tensor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;

/// Nothing here may hang: that is half of what is tested. Where a test acts on what runs, a gate
/// keeps it running until then, whoever the machine favours.
@Timeout(300)
class EngineTest {
    private static final EngineOptions SCALAR =
            EngineOptions.defaults().withKernels(EngineOptions.KernelChoice.SCALAR);

    private static Engine open(EngineOptions options) {
        var model = TinyModel.create();
        return Engine.over(model.config(), model.weights(), model.arena(), options);
    }

    private static GenerationRequest greedy(int maxTokens, int... prompt) {
        return GenerationRequest.of(prompt, SamplingParams.greedy(maxTokens), Set.of());
    }

    private static List<TokenEvent> read(Generation generation) {
        List<TokenEvent> events = new ArrayList<>();
        generation.forEachRemaining(events::add);
        return events;
    }

    private static List<Integer> tokens(List<TokenEvent> events) {
        List<Integer> tokens = new ArrayList<>();
        for (TokenEvent event : events) {
            if (event instanceof TokenEvent.Sampled sampled) {
                tokens.add(sampled.token());
            }
        }
        return tokens;
    }

    private static FinishReason end(List<TokenEvent> events) {
        return assertInstanceOf(TokenEvent.Finished.class, events.getLast()).reason();
    }

    /// A generation that runs, which its first event tells, and waits before each token for the
    /// gate.
    private static Generation started(Engine engine, GateMask gate, int maxTokens, int... prompt) {
        var request =
                new GenerationRequest(
                        prompt, SamplingParams.greedy(maxTokens), Set.of(), List.of(gate));
        Generation generation = engine.submit(request);
        assertEquals(new TokenEvent.Progress(0, prompt.length), generation.next());
        return generation;
    }

    /// Waits until the engine takes no more requests.
    ///
    /// @return what it says then
    private static String refusal(Engine engine) {
        return Waiting.until("it takes no more", () -> said(engine), said -> !said.isEmpty());
    }

    /// What it says to one more request; nothing where it takes it, or may again.
    private static String said(Engine engine) {
        try {
            engine.submit(greedy(250, 3)).close();
            return "";
        } catch (EngineOverloadedException full) {
            return "";
        } catch (IllegalStateException closed) {
            return String.valueOf(closed.getMessage());
        }
    }

    @Test
    void a_generation_tells_its_progress_then_its_tokens_then_its_end() {
        try (Engine engine = open(SCALAR.withMaxBatchTokens(4))) {
            Generation generation = engine.submit(greedy(3, 1, 2, 3, 4, 5, 6));
            List<TokenEvent> events = read(generation);
            assertEquals(new TokenEvent.Progress(0, 4), events.get(0));
            assertEquals(new TokenEvent.Progress(0, 6), events.get(1));
            assertEquals(3, tokens(events.subList(2, 5)).size());
            assertEquals(new TokenEvent.Finished(FinishReason.LENGTH), events.get(5));
            assertEquals(6, events.size());
            assertFalse(generation.hasNext());
            assertThrows(NoSuchElementException.class, generation::next);
        }
    }

    @Test
    void a_stop_token_ends_a_generation_and_is_not_reported() {
        try (Engine engine = open(SCALAR)) {
            List<Integer> free = tokens(read(engine.submit(greedy(8, 5, 6, 7))));
            int stop = free.get(3);
            var request =
                    GenerationRequest.of(
                            new int[] {5, 6, 7}, SamplingParams.greedy(8), Set.of(stop));
            List<TokenEvent> events = read(engine.submit(request));
            assertEquals(free.subList(0, free.indexOf(stop)), tokens(events));
            assertEquals(FinishReason.STOP, end(events));
        }
    }

    @Test
    void a_generation_ends_where_the_context_is_full() {
        try (Engine engine = open(SCALAR.withContext(40))) {
            List<TokenEvent> events = read(engine.submit(greedy(1000, 1, 2, 3)));
            assertEquals(37, tokens(events).size());
            assertEquals(FinishReason.CONTEXT_FULL, end(events));
            assertEquals(FinishReason.LENGTH, end(read(engine.submit(greedy(37, 1, 2, 3)))));
            assertEquals(1, tokens(read(engine.submit(greedy(9, new int[39])))).size());
        }
    }

    @Test
    void what_cannot_run_is_refused_with_numbers() {
        try (Engine engine = open(SCALAR.withContext(40))) {
            var tooLong =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> engine.submit(greedy(1, new int[40])));
            assertTrue(tooLong.toString().contains("40 tokens, expected 39"));
            for (int token : new int[] {-1, TinyModel.VOCAB}) {
                var unknown =
                        assertThrows(
                                IllegalArgumentException.class,
                                () -> engine.submit(greedy(1, 0, token)));
                assertTrue(unknown.toString().contains("token 1 is " + token));
            }
        }
    }

    @Test
    void a_cancelled_generation_ends_and_gives_its_blocks_back() {
        try (Engine engine = open(SCALAR.withMaxSequences(2));
                var gate = new GateMask()) {
            Generation generation = started(engine, gate, 200, 1, 2, 3);
            EngineStats.Cache before = engine.stats().cache();
            assertTrue(before.freeBlocks() < before.blocks());
            generation.close();
            generation.close();
            gate.open();
            assertEquals(FinishReason.CANCELLED, end(read(generation)));
            EngineStats after = engine.stats();
            assertEquals(after.cache().blocks(), after.cache().freeBlocks());
            assertEquals(0, after.running());
        }
    }

    /// The gate lets nearly all tokens pass once the generation is closed: a step that had begun
    /// gives one, and there is no other step.
    @Test
    void a_closed_generation_is_gone_before_the_next_step() {
        try (Engine engine = open(SCALAR.withMaxSequences(1));
                var gate = new GateMask()) {
            Generation generation = started(engine, gate, 200, 1, 2, 3);
            long before = engine.stats().work().sampledTokens();
            generation.close();
            gate.allow(150);
            Generation next = engine.submit(greedy(1, 4));
            assertEquals(1, tokens(read(next)).size(), "its place is free");
            assertEquals(FinishReason.CANCELLED, end(read(generation)));
            assertTrue(engine.stats().work().sampledTokens() - before <= 3);
        }
    }

    @Test
    void a_request_waits_for_blocks_and_is_told_its_place() {
        try (Engine engine = open(SCALAR.withContext(64));
                var gate = new GateMask()) {
            Generation first = started(engine, gate, 60, 1, 2);
            Generation second = engine.submit(greedy(60, 3, 4));
            gate.allow(1);
            assertEquals(new TokenEvent.Progress(1, 0), second.next());
            assertEquals(1, engine.stats().waiting());
            gate.open();
            assertEquals(60, tokens(read(first)).size());
            assertEquals(60, tokens(read(second)).size());
            assertEquals(0, engine.stats().waiting());
        }
    }

    @Test
    void a_full_queue_asks_to_come_back_later() {
        try (Engine engine = open(SCALAR.withMaxSequences(1));
                var gate = new GateMask()) {
            started(engine, gate, 250, 1, 2);
            for (int i = 0; i < Engine.MOST_WAITING; i++) {
                engine.submit(greedy(250, 1, 2));
            }
            var overloaded =
                    assertThrows(
                            EngineOverloadedException.class, () -> engine.submit(greedy(1, 1)));
            assertTrue(overloaded.retryAfter().isPositive());
        }
    }

    @Test
    void closing_the_engine_cancels_what_runs_and_what_waits() throws InterruptedException {
        Engine engine = open(SCALAR.withMaxSequences(1));
        Thread closing = Thread.ofPlatform().unstarted(engine::close);
        try (var gate = new GateMask()) {
            Generation running = started(engine, gate, 250, 1, 2);
            Generation waiting = engine.submit(greedy(250, 3));
            closing.start();
            assertEquals("the engine is closed", refusal(engine));
            gate.open();
            assertEquals(FinishReason.CANCELLED, end(read(running)));
            assertEquals(FinishReason.CANCELLED, end(read(waiting)));
        }
        closing.join();
        engine.close();
        assertThrows(IllegalStateException.class, () -> engine.submit(greedy(1, 1)));
    }

    @Test
    void an_error_in_a_mask_fails_its_generation_alone() {
        try (Engine engine = open(SCALAR);
                var gate = new GateMask()) {
            var broken = new IllegalArgumentException("a broken mask");
            var request =
                    new GenerationRequest(
                            new int[] {1},
                            SamplingParams.greedy(9),
                            Set.of(),
                            List.of(
                                    new ScriptedMask(
                                            (before) -> {
                                                throw broken;
                                            })));
            Generation other = started(engine, gate, 100, 4, 5);
            Generation failing = engine.submit(request);
            gate.open();
            assertEquals(new TokenEvent.Progress(0, 1), failing.next());
            var failed = assertThrows(IllegalStateException.class, failing::next);
            assertSame(broken, failed.getCause());
            assertFalse(failing.hasNext());
            assertEquals(100, tokens(read(other)).size());
            EngineStats.Cache after = engine.stats().cache();
            assertEquals(after.blocks(), after.freeBlocks());
        }
    }

    @Test
    void an_error_in_the_loop_fails_everybody_and_stops_the_engine() {
        var broken = new IllegalArgumentException("a broken kernel");
        var model = TinyModel.create();
        var allSubmitted = new CountDownLatch(1);
        var kernels = new FailingKernels(allSubmitted, broken);
        try (Engine engine =
                Engine.over(
                        model.config(),
                        model.weights(),
                        model.arena(),
                        SCALAR.withMaxSequences(2),
                        kernels)) {
            List<Generation> all =
                    IntStream.range(0, 4).mapToObj(i -> engine.submit(greedy(200, i))).toList();
            allSubmitted.countDown();
            for (Generation generation : all) {
                var failed =
                        assertThrows(
                                IllegalStateException.class,
                                () -> generation.forEachRemaining(_ -> {}));
                assertSame(broken, failed.getCause());
            }
            var closed =
                    assertThrows(IllegalStateException.class, () -> engine.submit(greedy(1, 1)));
            assertSame(broken, closed.getCause());
        }
    }

    @Test
    void a_damaged_model_is_named() {
        var model = TinyModel.create();
        model.weights().finalNorm().set(0, 3, Float.NaN);
        try (Engine engine = Engine.over(model.config(), model.weights(), model.arena(), SCALAR)) {
            Generation generation = engine.submit(greedy(5, 1, 2));
            generation.next();
            var failed = assertThrows(IllegalStateException.class, generation::next);
            assertTrue(failed.toString().contains("the model is damaged"));
        }
    }

    @Test
    void an_interrupt_while_reading_cancels() {
        try (Engine engine = open(SCALAR.withContext(64));
                var gate = new GateMask()) {
            Generation first = started(engine, gate, 60, 1, 2);
            Generation second = engine.submit(greedy(60, 1, 2));
            var reader =
                    new FutureTask<Object>(
                            () -> {
                                second.forEachRemaining(_ -> {});
                                return "read to the end";
                            });
            Thread thread = Thread.ofVirtual().unstarted(reader);
            thread.start();
            thread.interrupt();
            var thrown = assertThrows(ExecutionException.class, reader::get);
            assertInstanceOf(CancellationException.class, thrown.getCause());
            gate.open();
            assertEquals(FinishReason.CANCELLED, end(read(second)));
            assertEquals(FinishReason.LENGTH, end(read(first)));
        }
    }

    @Test
    void many_threads_may_submit_read_and_cancel_at_once() throws Exception {
        try (Engine engine = open(SCALAR.withMaxSequences(6).withKvCacheBytes(2_000_000))) {
            List<FutureTask<FinishReason>> readers = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                int number = i;
                var reader =
                        new FutureTask<>(
                                () -> {
                                    Generation generation =
                                            engine.submit(greedy(1 + number % 7, 1 + number));
                                    if (number % 5 == 0) {
                                        generation.close();
                                    }
                                    return end(read(generation));
                                });
                readers.add(reader);
                Thread.ofVirtual().start(reader);
            }
            for (int i = 0; i < readers.size(); i++) {
                FinishReason reason = readers.get(i).get();
                assertTrue(
                        reason == FinishReason.LENGTH
                                || (i % 5 == 0 && reason == FinishReason.CANCELLED));
            }
            EngineStats after = engine.stats();
            assertEquals(after.cache().blocks(), after.cache().freeBlocks());
            assertTrue(after.work().sampledTokens() > 0);
            assertTrue(after.tokensPerSecond() > 0);
        }
    }

    @Test
    void what_control_did_is_counted_by_kind() {
        var mask =
                new TokenMask() {
                    private int accepted;

                    @Override
                    public Verdict next() {
                        return Verdict.ANY;
                    }

                    @Override
                    public Optional<Intervention> intervened() {
                        return accepted == 2
                                ? Optional.of(Intervention.CIRCLE_NUDGED)
                                : Optional.empty();
                    }

                    @Override
                    public void accept(int token) {
                        accepted++;
                    }

                    @Override
                    public void rollback(int count) {
                        accepted -= count;
                    }
                };
        try (Engine engine = open(SCALAR)) {
            var request =
                    new GenerationRequest(
                            new int[] {1}, SamplingParams.greedy(4), Set.of(), List.of(mask));
            List<TokenEvent> events = read(engine.submit(request));
            assertTrue(events.contains(new TokenEvent.Intervened(Intervention.CIRCLE_NUDGED)));
            Map<Intervention, Long> counts = engine.stats().interventions();
            assertEquals(1L, counts.get(Intervention.CIRCLE_NUDGED));
            assertEquals(0L, counts.get(Intervention.CIRCLE_ENDED));
        }
    }

    @Test
    void masks_force_tokens_and_end_the_text() {
        try (Engine engine = open(SCALAR)) {
            var mask =
                    new ScriptedMask(
                            before ->
                                    switch (before.size()) {
                                        case 0 -> TokenMask.Verdict.ANY;
                                        case 1 -> new TokenMask.Verdict.Force(77);
                                        default ->
                                                new TokenMask.Verdict.End(
                                                        FinishReason.REPETITION, 1);
                                    });
            var request =
                    new GenerationRequest(
                            new int[] {1}, SamplingParams.greedy(9), Set.of(), List.of(mask));
            List<TokenEvent> events = read(engine.submit(request));
            assertEquals(new TokenEvent.Sampled(77, Float.NaN, List.of(), true), events.get(2));
            assertEquals(2, tokens(events).size());
            assertEquals(new TokenEvent.Finished(FinishReason.REPETITION, 1, 0), events.getLast());
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // the arena lives as long as this thread's test
    void weights_of_one_thread_are_refused() {
        var model = TinyModel.create();
        var confined = Arena.ofConfined();
        Tensor embedding = Tensor.allocate(confined, TinyModel.VOCAB, model.config().dim());
        var weights =
                new ModelWeights(
                        embedding,
                        model.weights().layers(),
                        model.weights().finalNorm(),
                        embedding);
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Engine.over(model.config(), weights, model.arena(), SCALAR));
        assertTrue(thrown.toString().contains("Arena.ofShared()"));
        confined.close();
        model.arena().close();
    }

    @Test
    void a_second_request_with_the_same_beginning_is_told_what_was_cached() {
        try (Engine engine = open(SCALAR)) {
            int[] prompt = IntStream.range(0, 100).toArray();
            read(engine.submit(greedy(1, prompt)));
            List<TokenEvent> events = read(engine.submit(greedy(1, prompt)));
            assertEquals(new TokenEvent.Progress(0, 96, 96), events.get(0));
            assertEquals(new TokenEvent.Progress(0, 100, 96), events.get(1));
            assertEquals(new TokenEvent.Finished(FinishReason.LENGTH, 0, 96), events.getLast());
            EngineStats.Cache cache = engine.stats().cache();
            assertEquals(96, cache.reusedTokens());
            assertEquals(3, cache.restingBlocks());
            assertEquals(104, engine.stats().work().computedTokens());
        }
    }

    @Test
    void prompts_are_shared_within_an_owner_or_among_all_or_not_at_all() {
        int[] prompt = new int[40];
        GenerationRequest ours = greedy(1, prompt).withOwner("we");
        GenerationRequest theirs = greedy(1, prompt).withOwner("they");
        var cached = new ArrayList<Integer>();
        for (PrefixCaching.Scope scope : PrefixCaching.Scope.values()) {
            var options = SCALAR.withPrefixes(PrefixCaching.defaults().withScope(scope));
            try (Engine engine = open(options)) {
                for (GenerationRequest request : List.of(ours, ours, theirs)) {
                    var end =
                            assertInstanceOf(
                                    TokenEvent.Finished.class,
                                    read(engine.submit(request)).getLast());
                    cached.add(end.cachedTokens());
                }
            }
        }
        assertEquals(List.of(0, 0, 0, 0, 32, 0, 0, 32, 32), cached);
    }

    @Test
    void an_interactive_request_goes_before_one_in_the_background() {
        try (Engine engine = open(SCALAR.withMaxSequences(1));
                var gate = new GateMask()) {
            var sampling = SamplingParams.greedy(50);
            var background =
                    new GenerationRequest(new int[] {1, 2}, sampling, Set.of(), List.of(gate))
                            .withPriority(Priority.BACKGROUND);
            Generation patient = engine.submit(background);
            assertEquals(new TokenEvent.Progress(0, 2), patient.next());
            Generation urgent = engine.submit(greedy(5, 3, 4));
            gate.allow(1);
            assertEquals(5, tokens(read(urgent)).size());
            assertEquals(1, engine.stats().work().setBacks());
            gate.open();
            assertEquals(50, tokens(read(patient)).size());
        }
    }

    @Test
    void an_owner_that_fills_its_queue_leaves_room_for_others() {
        try (Engine engine = open(SCALAR.withMaxSequences(1));
                var gate = new GateMask()) {
            started(engine, gate, 250, 1, 2);
            for (int i = 0; i < Engine.MOST_WAITING; i++) {
                engine.submit(greedy(250, 1, 2).withOwner("greedy"));
            }
            assertThrows(
                    EngineOverloadedException.class,
                    () -> engine.submit(greedy(1, 1).withOwner("greedy")));
            Generation other = engine.submit(greedy(1, 1).withOwner("modest"));
            gate.open();
            assertEquals(1, tokens(read(other)).size());
        }
    }

    @Test
    void a_drained_engine_ends_what_it_has_and_takes_nothing_new() throws Exception {
        try (Engine engine = open(SCALAR.withMaxSequences(1));
                var gate = new GateMask()) {
            Generation running = started(engine, gate, 20, 1, 2);
            Generation waiting = engine.submit(greedy(20, 3));
            var drained = new FutureTask<>(() -> engine.drain(Duration.ofMinutes(1)));
            Thread.ofVirtual().start(drained);
            assertTrue(refusal(engine).contains("drains"));
            gate.open();
            assertTrue(drained.get());
            assertEquals(FinishReason.LENGTH, end(read(running)));
            assertTrue(tokens(read(waiting)).size() > 0);
            assertThrows(IllegalStateException.class, () -> engine.submit(greedy(1, 1)));
        }
    }

    @Test
    void what_a_draining_engine_cannot_end_in_time_is_cancelled() throws Exception {
        try (Engine engine = open(SCALAR);
                var gate = new GateMask()) {
            Generation running = started(engine, gate, 200, 1, 2);
            var drained = new FutureTask<>(() -> engine.drain(Duration.ZERO));
            Thread.ofVirtual().start(drained);
            Waiting.until("it is closed", () -> refusal(engine), "the engine is closed"::equals);
            gate.open();
            assertEquals(FinishReason.CANCELLED, end(read(running)));
            assertFalse(drained.get());
        }
    }
}
