package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;

import dev.tramontane.cluster.Messages.Drop;
import dev.tramontane.cluster.Messages.Failed;
import dev.tramontane.cluster.Messages.Grade;
import dev.tramontane.cluster.Messages.Graded;
import dev.tramontane.cluster.Messages.Hello;
import dev.tramontane.cluster.Messages.NewWeights;
import dev.tramontane.cluster.Messages.Refused;
import dev.tramontane.cluster.Messages.Remote;
import dev.tramontane.cluster.Messages.Report;
import dev.tramontane.cluster.Messages.Sample;
import dev.tramontane.cluster.Messages.Sampled;
import dev.tramontane.cluster.Messages.Welcome;
import dev.tramontane.train.grpo.Reward;
import dev.tramontane.train.grpo.Trajectory;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class MessageCodecTest {
    private static final Trajectory TRAJECTORY =
            new Trajectory(
                    new int[] {1, 70_000},
                    new int[] {3, 4, 5},
                    new float[] {-0.5f, -1e-7f, -20},
                    new boolean[] {false, true, false},
                    true,
                    3,
                    1L << 40);
    private static final WeightsNotice WEIGHTS =
            new WeightsNotice(9, WeightsFile.name(9), 1L << 40, "ab12", "host", 7461);

    private final ActorSystem<Void> system =
            ActorSystem.create(
                    Behaviors.empty(),
                    "codec",
                    ConfigFactory.parseMap(
                                    Map.of(
                                            "pekko.actor.provider",
                                            "local",
                                            "pekko.loglevel",
                                            "OFF"))
                            .withFallback(ConfigFactory.load()));
    private final MessageCodec codec =
            new MessageCodec((ExtendedActorSystem) Adapter.toClassic(system));

    @AfterEach
    void end() {
        Systems.end(system);
    }

    private List<Remote> messages() {
        ActorRef<Messages.ToWorker> worker = system.unsafeUpcast();
        ActorRef<Messages.ToCoordinator> coordinator = system.unsafeUpcast();
        return List.of(
                new Hello(worker, "run é", new Ledger.Capacity(3, 0)),
                new Report(worker, Set.of(1L, Long.MAX_VALUE)),
                new Graded(5, new Reward(true, false, true, -0.05, 0.95, "why")),
                new Failed(6, "no room"),
                new Welcome(coordinator, Optional.of(WEIGHTS)),
                new Welcome(coordinator, Optional.empty()),
                new Refused("another run"),
                new NewWeights(WEIGHTS),
                new Sample(1, 2, 3),
                new Drop(Set.of()));
    }

    private Object there(Remote message) throws NotSerializableException {
        return codec.fromBinary(codec.toBinary(message), codec.manifest(message));
    }

    private static void assertSame(Trajectory actual) {
        assertArrayEquals(TRAJECTORY.prompt(), actual.prompt());
        assertArrayEquals(TRAJECTORY.completion(), actual.completion());
        assertArrayEquals(TRAJECTORY.logProbs(), actual.logProbs());
        assertArrayEquals(TRAJECTORY.forced(), actual.forced());
        assertTrue(actual.truncated());
        assertEquals(TRAJECTORY.firstVersion(), actual.firstVersion());
        assertEquals(TRAJECTORY.lastVersion(), actual.lastVersion());
    }

    @Test
    void every_message_arrives_as_it_was() throws NotSerializableException {
        for (Remote message : messages()) {
            assertEquals(message, there(message));
        }
        Sampled sampled = (Sampled) there(new Sampled(7, 1, 2, TRAJECTORY));
        assertEquals(7, sampled.task());
        assertEquals(1, sampled.index());
        assertEquals(2, sampled.count());
        assertSame(sampled.trajectory());
        Grade grade = (Grade) there(new Grade(8, 9, TRAJECTORY));
        assertEquals(8, grade.task());
        assertEquals(9, grade.number());
        assertSame(grade.trajectory());
    }

    @Test
    void a_message_cut_anywhere_or_with_more_behind_is_refused() {
        for (Remote message : messages()) {
            byte[] whole = codec.toBinary(message);
            for (int length = 0; length < whole.length; length++) {
                byte[] part = Arrays.copyOf(whole, length);
                assertThrows(
                        NotSerializableException.class,
                        () -> codec.fromBinary(part, codec.manifest(message)));
            }
            byte[] more = Arrays.copyOf(whole, whole.length + 1);
            assertThrows(
                    NotSerializableException.class,
                    () -> codec.fromBinary(more, codec.manifest(message)));
        }
    }

    @Test
    void lengths_that_nothing_stands_behind_allocate_nothing() {
        byte[] bytes = codec.toBinary(new Grade(8, 9, TRAJECTORY));
        bytes[16] = 0x7f; // two tokens of prompt become two thousand million
        String message =
                assertThrows(NotSerializableException.class, () -> codec.fromBinary(bytes, "grade"))
                        .getMessage();
        assertEquals(
                "message grade of %d bytes: 2130706434 elements in %d bytes, expected one of this version of Tramontane; run the same on all machines"
                        .formatted(bytes.length, bytes.length - 20),
                message);
    }

    @Test
    void messages_of_other_kinds_and_impossible_places_are_refused() {
        assertThrows(
                NotSerializableException.class, () -> codec.fromBinary(new byte[0], "surprise"));
        assertThrows(IllegalArgumentException.class, () -> new Sampled(1, 2, 2, TRAJECTORY));
        byte[] bytes = codec.toBinary(new Sampled(7, 1, 2, TRAJECTORY));
        bytes[11] = 2; // the third of two
        assertThrows(NotSerializableException.class, () -> codec.fromBinary(bytes, "sampled"));
    }

    @Test
    void a_completion_too_long_for_a_message_is_refused_with_how_long_it_may_be() {
        int tokens = 120_000;
        var trajectory =
                new Trajectory(
                        new int[] {1}, new int[tokens], new float[tokens], new boolean[tokens]);
        assertEquals(
                "a completion of 120000 tokens behind a prompt of 1 takes 1080004 bytes, expected at most 1047576 in a message; allow shorter completions",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> codec.toBinary(new Sampled(1, 0, 1, trajectory)))
                        .getMessage());
    }

    @Test
    void a_reason_of_any_length_travels_cut() throws NotSerializableException {
        Failed failed = (Failed) there(new Failed(1, "ü".repeat(100_000)));
        assertEquals("ü".repeat(4_000), failed.why());
    }
}
