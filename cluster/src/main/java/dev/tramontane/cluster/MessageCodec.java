package dev.tramontane.cluster;

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
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Messages as bytes: fields in their order, big-endian, sequences behind their length.
///
/// Whatever a message says of lengths is held against the bytes that are there before anything is
/// allocated.
public final class MessageCodec extends SerializerWithStringManifest {
    /// Stays the same as long as clusters of two versions are to understand each other.
    private static final int IDENTIFIER = 7_460_001;

    /// Characters of a reason that others are told.
    private static final int LONGEST_REASON = 4_000;

    /// Bytes of a message that are not its completion.
    private static final int HEAD_BYTES = 1_000;

    private final ExtendedActorSystem system;

    /// As Pekko makes its serializers.
    public MessageCodec(ExtendedActorSystem system) {
        this.system = system;
    }

    @Override
    public int identifier() {
        return IDENTIFIER;
    }

    private ActorRefResolver actors() {
        return ActorRefResolver.get(Adapter.toTyped(system));
    }

    @Override
    public String manifest(Object message) {
        return switch ((Remote) message) {
            case Hello _ -> "hello";
            case Report _ -> "report";
            case Sampled _ -> "sampled";
            case Graded _ -> "graded";
            case Failed _ -> "failed";
            case Welcome _ -> "welcome";
            case Refused _ -> "refused";
            case NewWeights _ -> "weights";
            case Sample _ -> "sample";
            case Grade _ -> "grade";
            case Drop _ -> "drop";
        };
    }

    @Override
    public byte[] toBinary(Object message) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write((Remote) message, out);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory do not fail", e);
        }
        return bytes.toByteArray();
    }

    private void write(Remote message, DataOutputStream out) throws IOException {
        switch (message) {
            case Hello(var worker, String run, Ledger.Capacity(int groups, int grades)) -> {
                out.writeUTF(actors().toSerializationFormat(worker));
                out.writeUTF(run);
                out.writeInt(groups);
                out.writeInt(grades);
            }
            case Report(var worker, Set<Long> inHand) -> {
                out.writeUTF(actors().toSerializationFormat(worker));
                writeAll(inHand, out);
            }
            case Sampled(long task, int index, int count, Trajectory trajectory) -> {
                out.writeLong(task);
                out.writeInt(index);
                out.writeInt(count);
                write(trajectory, out);
            }
            case Graded(long task, Reward reward) -> {
                out.writeLong(task);
                write(reward, out);
            }
            case Failed(long task, String why) -> {
                out.writeLong(task);
                writeReason(why, out);
            }
            case Welcome(var coordinator, Optional<WeightsNotice> weights) -> {
                out.writeUTF(actors().toSerializationFormat(coordinator));
                out.writeBoolean(weights.isPresent());
                if (weights.isPresent()) {
                    write(weights.get(), out);
                }
            }
            case Refused(String why) -> writeReason(why, out);
            case NewWeights(WeightsNotice weights) -> write(weights, out);
            case Sample(long task, long number, long version) -> {
                out.writeLong(task);
                out.writeLong(number);
                out.writeLong(version);
            }
            case Grade(long task, long number, Trajectory trajectory) -> {
                out.writeLong(task);
                out.writeLong(number);
                write(trajectory, out);
            }
            case Drop(Set<Long> tasks) -> writeAll(tasks, out);
        }
    }

    private static void writeAll(Set<Long> numbers, DataOutputStream out) throws IOException {
        out.writeInt(numbers.size());
        for (long number : numbers) {
            out.writeLong(number);
        }
    }

    private static void writeReason(String why, DataOutputStream out) throws IOException {
        out.writeUTF(why.substring(0, Math.min(why.length(), LONGEST_REASON)));
    }

    private static void write(WeightsNotice weights, DataOutputStream out) throws IOException {
        out.writeLong(weights.version());
        out.writeUTF(weights.file());
        out.writeLong(weights.bytes());
        out.writeUTF(weights.sha256());
        out.writeUTF(weights.host());
        out.writeInt(weights.port());
    }

    private static void write(Reward reward, DataOutputStream out) throws IOException {
        out.writeBoolean(reward.format());
        out.writeBoolean(reward.correct());
        out.writeBoolean(reward.language());
        out.writeDouble(reward.length());
        out.writeDouble(reward.total());
        writeReason(reward.why(), out);
    }

    /// What does not fit is lost on its way, and nobody is told: whoever makes a completion asks
    /// first.
    ///
    /// @throws IllegalArgumentException when it is too long for a message
    static void checkLength(Trajectory trajectory) {
        long bytes = 4L * trajectory.prompt().length + 9L * trajectory.completion().length;
        if (bytes > Nodes.FRAME_BYTES - HEAD_BYTES) {
            throw new IllegalArgumentException(
                    "a completion of %d tokens behind a prompt of %d takes %d bytes, expected at most %d in a message; allow shorter completions"
                            .formatted(
                                    trajectory.completion().length,
                                    trajectory.prompt().length,
                                    bytes,
                                    Nodes.FRAME_BYTES - HEAD_BYTES));
        }
    }

    private static void write(Trajectory trajectory, DataOutputStream out) throws IOException {
        checkLength(trajectory);
        out.writeInt(trajectory.prompt().length);
        for (int token : trajectory.prompt()) {
            out.writeInt(token);
        }
        out.writeInt(trajectory.completion().length);
        for (int i = 0; i < trajectory.completion().length; i++) {
            out.writeInt(trajectory.completion()[i]);
            out.writeFloat(trajectory.logProbs()[i]);
            out.writeBoolean(trajectory.forced()[i]);
        }
        out.writeBoolean(trajectory.truncated());
        out.writeLong(trajectory.firstVersion());
        out.writeLong(trajectory.lastVersion());
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            Remote message = read(manifest, in);
            if (in.available() > 0) {
                throw new IOException(in.available() + " bytes are left over");
            }
            return message;
        } catch (IOException | IllegalArgumentException e) {
            var refused =
                    new NotSerializableException(
                            "message %s of %d bytes: %s, expected one of this version of Tramontane; run the same on all machines"
                                    .formatted(manifest, bytes.length, e.getMessage()));
            refused.initCause(e);
            throw refused;
        }
    }

    private Remote read(String manifest, DataInputStream in) throws IOException {
        return switch (manifest) {
            case "hello" ->
                    new Hello(
                            actor(in),
                            in.readUTF(),
                            new Ledger.Capacity(in.readInt(), in.readInt()));
            case "report" -> new Report(actor(in), readAll(in));
            case "sampled" ->
                    new Sampled(in.readLong(), in.readInt(), in.readInt(), trajectory(in));
            case "graded" -> new Graded(in.readLong(), reward(in));
            case "failed" -> new Failed(in.readLong(), in.readUTF());
            case "welcome" ->
                    new Welcome(
                            actor(in),
                            in.readBoolean() ? Optional.of(weights(in)) : Optional.empty());
            case "refused" -> new Refused(in.readUTF());
            case "weights" -> new NewWeights(weights(in));
            case "sample" -> new Sample(in.readLong(), in.readLong(), in.readLong());
            case "grade" -> new Grade(in.readLong(), in.readLong(), trajectory(in));
            case "drop" -> new Drop(readAll(in));
            case String other -> throw new IOException("kind " + other + " is unknown");
        };
    }

    private <T> ActorRef<T> actor(DataInputStream in) throws IOException {
        return actors().resolveActorRef(in.readUTF());
    }

    /// A length whose elements are there.
    private static int length(DataInputStream in, int elementBytes) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available() / elementBytes) {
            throw new EOFException(length + " elements in " + in.available() + " bytes");
        }
        return length;
    }

    private static Set<Long> readAll(DataInputStream in) throws IOException {
        int length = length(in, Long.BYTES);
        Set<Long> numbers = new HashSet<>();
        for (int i = 0; i < length; i++) {
            numbers.add(in.readLong());
        }
        return Set.copyOf(numbers);
    }

    private static WeightsNotice weights(DataInputStream in) throws IOException {
        return new WeightsNotice(
                in.readLong(),
                in.readUTF(),
                in.readLong(),
                in.readUTF(),
                in.readUTF(),
                in.readInt());
    }

    private static Reward reward(DataInputStream in) throws IOException {
        return new Reward(
                in.readBoolean(),
                in.readBoolean(),
                in.readBoolean(),
                in.readDouble(),
                in.readDouble(),
                in.readUTF());
    }

    private static Trajectory trajectory(DataInputStream in) throws IOException {
        int[] prompt = new int[length(in, Integer.BYTES)];
        for (int i = 0; i < prompt.length; i++) {
            prompt[i] = in.readInt();
        }
        int tokens = length(in, 9);
        int[] completion = new int[tokens];
        float[] logProbs = new float[tokens];
        boolean[] forced = new boolean[tokens];
        for (int i = 0; i < tokens; i++) {
            completion[i] = in.readInt();
            logProbs[i] = in.readFloat();
            forced[i] = in.readBoolean();
        }
        return new Trajectory(
                prompt,
                completion,
                logProbs,
                forced,
                in.readBoolean(),
                in.readLong(),
                in.readLong());
    }
}
