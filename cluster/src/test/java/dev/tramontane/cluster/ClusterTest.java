package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.Objects.requireNonNull;

import dev.tramontane.engine.Engine;
import dev.tramontane.train.TrainableWeights;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.RolloutGroup;
import dev.tramontane.train.grpo.Trajectory;
import dev.tramontane.train.grpo.Verifier;

import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Trainer and workers, each an actor system of its own, on the loopback; engines are real. How
/// long something takes decides nothing but how long a test takes.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ClusterTest {
    /// A machine that is alive may be silent for seconds where builds share it.
    private static final Timing TIMING =
            new Timing(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(1));

    private static final String RUN = "run 1";

    @TempDir private Path folder;
    private final Arena arena = Arena.ofShared();
    private final TrainableWeights weights = TinyPolicy.weights(arena);
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        tasks.close();
        arena.close();
    }

    /// A worker's tools, with something of its own before each sampling or grading.
    private record Tools(
            TinyPolicy policy,
            Runnable beforeSampling,
            Runnable beforeGrading,
            Runnable beforeClosing)
            implements WorkerNode.Tools {
        Tools(Runnable beforeSampling, Runnable beforeGrading) {
            this(new TinyPolicy(), beforeSampling, beforeGrading, () -> {});
        }

        @Override
        public Problems problems() {
            return TinyPolicy.PROBLEMS;
        }

        @Override
        public Generator generator() {
            return number -> {
                beforeSampling.run();
                return policy.sample(number);
            };
        }

        @Override
        public Verifier verifier() {
            return (question, trajectory) -> {
                beforeGrading.run();
                return TinyPolicy.VERIFIER.verify(question, trajectory);
            };
        }

        @Override
        public Engine engine() {
            return policy.engine();
        }

        @Override
        public TrainableWeights landing() {
            return policy.landing();
        }

        @Override
        public void close() {
            beforeClosing.run();
            policy.close();
        }
    }

    private ClusterRollouts trainer(int staleness, Optional<ClusterKey> key) throws IOException {
        return trainer(staleness, key, 0);
    }

    private ClusterRollouts trainer(int staleness, Optional<ClusterKey> key, int port)
            throws IOException {
        return trainer(staleness, key, port, TinyPolicy.PROBLEMS);
    }

    private ClusterRollouts trainer(
            int staleness, Optional<ClusterKey> key, int port, Problems problems)
            throws IOException {
        var settings =
                new ClusterRollouts.Settings(
                        RUN,
                        new ClusterAddress("127.0.0.1", port, key),
                        0,
                        folder.resolve("weights"),
                        staleness,
                        TIMING);
        ClusterRollouts trainer = ClusterRollouts.open(settings, problems, weights);
        opened.add(trainer);
        return trainer;
    }

    private static int port(ClusterRollouts trainer) {
        String address = trainer.address();
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    private WorkerNode.Settings settings(
            String run, int port, int groups, int grades, Optional<ClusterKey> key) {
        return new WorkerNode.Settings(
                run,
                new ClusterAddress("127.0.0.1", port, key),
                new ClusterAddress("127.0.0.1", 0, key),
                groups,
                grades,
                folder.resolve("worker"),
                TIMING);
    }

    private void work(int port, int groups, int grades) {
        work(settings(RUN, port, groups, grades, Optional.empty()), () -> {}, () -> {});
    }

    private void work(WorkerNode.Settings settings, Runnable sampling, Runnable grading) {
        tasks.execute(node(settings, sampling, grading)::run);
    }

    private WorkerNode node(WorkerNode.Settings settings, Runnable sampling, Runnable grading) {
        var node = new WorkerNode(settings, () -> new Tools(sampling, grading));
        opened.add(node);
        return node;
    }

    /// Every group is what the policy says, whoever sampled it: once each, in order, graded.
    private static void assertSampledFrom(
            TinyPolicy policy, long first, int count, long version, List<RolloutGroup> groups) {
        assertEquals(count, groups.size());
        for (int i = 0; i < count; i++) {
            RolloutGroup group = groups.get(i);
            assertEquals(first + i, group.number());
            List<Trajectory> expected = policy.sample(first + i);
            assertEquals(TinyPolicy.GROUP_SIZE, group.trajectories().size());
            for (int each = 0; each < TinyPolicy.GROUP_SIZE; each++) {
                Trajectory trajectory = group.trajectories().get(each);
                assertArrayEquals(expected.get(each).completion(), trajectory.completion());
                assertArrayEquals(expected.get(each).logProbs(), trajectory.logProbs());
                assertArrayEquals(expected.get(each).prompt(), trajectory.prompt());
                assertEquals(version, trajectory.firstVersion());
                assertEquals(
                        TinyPolicy.VERIFIER.verify(group.question(), trajectory),
                        group.rewards().get(each));
            }
        }
    }

    private TinyPolicy policy(long version) {
        var policy = new TinyPolicy();
        opened.add(policy);
        policy.engine().publish(weights.model(), version);
        return policy;
    }

    private void change() {
        for (int i = 0; i < weights.count(); i++) {
            weights.values().set(0, i, weights.values().get(0, i) * 1.5f);
        }
    }

    @Test
    void several_machines_sample_and_grade_what_one_engine_would() throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        int port = port(trainer);
        work(port, 2, 0);
        work(port, 1, 2);
        work(port, 0, 4);
        trainer.publish(0);
        assertSampledFrom(policy(0), 0, 8, 0, trainer.take(0, 8));
        change();
        trainer.publish(1);
        assertSampledFrom(policy(1), 8, 5, 1, trainer.take(8, 5));
        assertEquals(
                "problems from 8 on were asked for, expected from 13 on, where the last ended",
                assertThrows(IllegalArgumentException.class, () -> trainer.take(8, 1))
                        .getMessage());
    }

    @Test
    void a_generator_killed_in_the_middle_loses_and_doubles_nothing()
            throws IOException, InterruptedException, ExecutionException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        int port = port(trainer);
        trainer.publish(0);
        Future<List<RolloutGroup>> asked = tasks.submit(() -> trainer.take(0, 6));
        // A process of its own that begins its two problems and never ends them.
        Process doomed = new DoomedWorker.Start(port, folder).process();
        try {
            assertTrue(doomed.inputReader().lines().anyMatch(DoomedWorker.BEGUN::equals));
        } finally {
            doomed.destroyForcibly().waitFor();
        }
        assertFalse(asked.isDone());
        work(port, 2, 2);
        assertSampledFrom(policy(0), 0, 6, 0, asked.get());
    }

    @Test
    void a_verifier_that_crashes_costs_only_its_gradings()
            throws IOException, InterruptedException, ExecutionException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        int port = port(trainer);
        trainer.publish(0);
        var grading = new CountDownLatch(1);
        WorkerNode doomed =
                node(
                        settings(RUN, port, 0, 3, Optional.empty()),
                        () -> {},
                        () -> {
                            grading.countDown();
                            waitForever();
                        });
        tasks.execute(doomed::run);
        work(port, 2, 0);
        Future<List<RolloutGroup>> asked = tasks.submit(() -> trainer.take(0, 3));
        grading.await();
        doomed.close();
        assertFalse(asked.isDone());
        work(port, 0, 2);
        assertSampledFrom(policy(0), 0, 3, 0, asked.get());
    }

    private static void waitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Test
    void one_that_fails_is_asked_again_and_a_problem_that_always_fails_ends_the_run()
            throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        int port = port(trainer);
        trainer.publish(0);
        var failures = new CountDownLatch(2);
        work(
                settings(RUN, port, 1, 1, Optional.empty()),
                () -> {
                    long left = failures.getCount();
                    failures.countDown();
                    if (left == 2) {
                        throw new AssertionError("out of order");
                    }
                    if (left == 1) {
                        throw new IllegalStateException("out of order");
                    }
                },
                () -> {});
        assertSampledFrom(policy(0), 0, 2, 0, trainer.take(0, 2));

        ClusterRollouts hopeless = trainer(0, Optional.empty());
        hopeless.publish(0);
        work(
                settings(RUN, port(hopeless), 1, 1, Optional.empty()),
                () -> {
                    throw new IllegalStateException("out of order");
                },
                () -> {});
        assertEquals(
                "problem 0: given up after 5 attempts, expected its completions; the last ended so: out of order",
                assertThrows(IllegalStateException.class, () -> hopeless.take(0, 1)).getMessage());
    }

    @Test
    void a_trainer_whose_cluster_ends_is_told_so() throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        String expected =
                "the cluster of %s has ended, expected completions from problem 0 on; the log says why: go on from the last state"
                        .formatted(trainer.system().address());
        Future<List<RolloutGroup>> asked = tasks.submit(() -> trainer.take(0, 1));
        trainer.system().terminate();
        var broken = assertThrows(ExecutionException.class, asked::get);
        assertEquals(expected, requireNonNull(broken.getCause()).getMessage());
        assertEquals(
                expected,
                assertThrows(IllegalStateException.class, () -> trainer.take(0, 1)).getMessage());
    }

    @Test
    void a_trainer_whose_coordinator_fails_is_told_that_its_cluster_has_ended() throws IOException {
        Problems broken =
                number -> {
                    throw new AssertionError("out of order");
                };
        ClusterRollouts trainer = trainer(0, Optional.empty(), 0, broken);
        trainer.publish(0);
        work(port(trainer), 1, 1);
        var ended = assertThrows(IllegalStateException.class, () -> trainer.take(0, 1));
        String message = requireNonNull(ended.getMessage());
        assertTrue(message.contains(" has ended, expected completions from problem 0"), message);
    }

    @Test
    void one_that_comes_late_samples_from_the_newest_weights() throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        for (int version = 0; version < 3; version++) {
            change();
            trainer.publish(version);
        }
        work(port(trainer), 2, 2);
        assertSampledFrom(policy(2), 0, 3, 2, trainer.take(0, 3));
    }

    @Test
    void with_a_staleness_the_next_batch_is_sampled_ahead_and_never_further() throws IOException {
        ClusterRollouts trainer = trainer(1, Optional.empty());
        trainer.publish(0);
        work(port(trainer), 1, 1);
        TinyPolicy first = policy(0);
        assertSampledFrom(first, 0, 2, 0, trainer.take(0, 2));
        change();
        trainer.publish(1);
        // Batch 1 may have begun with either version, batch 2 with nothing older than 1.
        for (RolloutGroup group : trainer.take(2, 2)) {
            assertTrue(group.trajectories().getFirst().firstVersion() <= 1);
        }
        for (RolloutGroup group : trainer.take(4, 2)) {
            assertEquals(1, group.trajectories().getFirst().firstVersion());
        }
    }

    @Test
    void an_interrupted_worker_closes_nothing_that_is_still_used()
            throws IOException, InterruptedException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        trainer.publish(0);
        Future<List<RolloutGroup>> asked = tasks.submit(() -> trainer.take(0, 1));
        var begun = new CountDownLatch(1);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var policy = new TinyPolicy();
        Runnable sampling =
                () -> {
                    begun.countDown();
                    try {
                        waitForever();
                    } finally {
                        order.add("sampling ended");
                    }
                };
        var tools = new Tools(policy, sampling, () -> {}, () -> order.add("closed"));
        var node =
                new WorkerNode(settings(RUN, port(trainer), 1, 0, Optional.empty()), () -> tools);
        opened.add(node);
        Thread running = Thread.ofVirtual().start(node::run);
        begun.await();
        running.interrupt();
        running.join();
        assertEquals(List.of("sampling ended", "closed"), order);
        assertFalse(asked.isDone());
        asked.cancel(true);
    }

    @Test
    void one_of_another_run_is_refused_with_the_reason() throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        WorkerNode stranger =
                node(settings("run 2", port(trainer), 1, 1, Optional.empty()), () -> {}, () -> {});
        assertEquals(
                "refused: this trainer's run is run 1, the worker's run 2; expected one: start both with the same settings, problems and model",
                assertThrows(IllegalStateException.class, stranger::run).getMessage());
    }

    @Test
    void workers_come_back_to_a_trainer_that_was_started_again() throws IOException {
        ClusterRollouts trainer = trainer(0, Optional.empty());
        int port = port(trainer);
        for (int version = 0; version < 3; version++) {
            trainer.publish(version);
        }
        work(port, 2, 2);
        assertEquals(2, trainer.take(0, 2).size());
        trainer.close();
        // It goes on from an older state.
        ClusterRollouts again = trainer(0, Optional.empty(), port);
        change();
        again.publish(1);
        assertSampledFrom(policy(1), 2, 2, 1, again.take(2, 2));
    }

    @Test
    void with_a_key_all_is_encrypted_and_who_lacks_it_never_gets_in()
            throws IOException, InterruptedException, ExecutionException {
        ClusterKey key = Keys.make(folder.resolve("cluster.p12"));
        ClusterKey other = Keys.make(folder.resolve("other.p12"));
        ClusterRollouts trainer = trainer(0, Optional.of(key));
        int port = port(trainer);
        trainer.publish(0);
        work(port, 2, 2); // without a key
        work(settings(RUN, port, 2, 2, Optional.of(other)), () -> {}, () -> {});
        Future<List<RolloutGroup>> asked = tasks.submit(() -> trainer.take(0, 2));
        work(settings(RUN, port, 2, 2, Optional.of(key)), () -> {}, () -> {});
        assertSampledFrom(policy(0), 0, 2, 0, asked.get());
        assertEquals(2, Cluster.get(trainer.system()).state().members().size());
        assertNotEquals(key, other);
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new WorkerNode.Settings(
                                RUN,
                                new ClusterAddress("127.0.0.1", port, Optional.of(key)),
                                ClusterAddress.loopback(0),
                                1,
                                1,
                                folder,
                                TIMING));
    }

    /// A worker in a process of its own that begins what it is given and never ends it.
    static final class DoomedWorker {
        static final String BEGUN = "two problems are begun";

        private DoomedWorker() {}

        record Start(int port, Path folder) {
            Process process() throws IOException {
                String modules =
                        ModuleLayer.boot().configuration().modules().stream()
                                .flatMap(module -> module.reference().location().stream())
                                .filter(location -> location.getScheme().equals("file"))
                                .map(location -> Path.of(location).toString())
                                .collect(Collectors.joining(File.pathSeparator));
                String classPath =
                        String.join(
                                File.pathSeparator,
                                "target/test-classes",
                                modules,
                                System.getProperty("java.class.path"));
                return new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classPath,
                                DoomedWorker.class.getName(),
                                Integer.toString(port),
                                folder.resolve("doomed").toString())
                        .redirectError(folder.resolve("doomed.txt").toFile())
                        .start();
            }
        }

        public static void main(String[] arguments) {
            var begun = new CountDownLatch(2);
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    begun.await();
                                    System.out.println(BEGUN);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            var settings =
                    new WorkerNode.Settings(
                            RUN,
                            ClusterAddress.loopback(Integer.parseInt(arguments[0])),
                            ClusterAddress.loopback(0),
                            2,
                            0,
                            Path.of(arguments[1]),
                            TIMING);
            Runnable sampling =
                    () -> {
                        begun.countDown();
                        waitForever();
                    };
            new WorkerNode(settings, () -> new Tools(sampling, () -> {})).run();
        }
    }
}
