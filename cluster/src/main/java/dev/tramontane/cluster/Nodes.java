package dev.tramontane.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;

import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// How Pekko is set up: one cluster whose oldest member, the trainer, decides who belongs to it.
///
/// Messages are small: weights travel as files ({@link WeightsServer}), a problem by its number,
/// and a completion alone. No class of Java's own serialization is ever read.
final class Nodes {
    /// Name of every actor system of a cluster.
    static final String CLUSTER = "tramontane";

    /// Path of a system's first actor: on the trainer its {@link Coordinator}.
    static final String FIRST_ACTOR = "/user";

    /// Longest message. A token takes 8 bytes and a bit, so completions may have over a hundred
    /// thousand.
    static final int FRAME_BYTES = 1 << 20;

    private Nodes() {}

    /// @param seed address of the trainer, empty for the trainer itself
    static Config config(ClusterAddress address, Timing timing, Optional<Address> seed) {
        Map<String, Object> values = new HashMap<>();
        values.put("pekko.actor.provider", "cluster");
        values.put("pekko.actor.allow-java-serialization", "off");
        values.put("pekko.actor.serializers.tramontane", MessageCodec.class.getName());
        values.put(
                "pekko.actor.serialization-bindings",
                Map.of(ConfigUtil.quoteString(Messages.Remote.class.getName()), "tramontane"));
        values.put("pekko.jvm-exit-on-fatal-error", "off");
        values.put("pekko.daemonic", "on"); // who opened it waits, or ends the process
        values.put("pekko.log-dead-letters", "off");
        values.put("pekko.remote.artery.canonical.hostname", address.host());
        values.put("pekko.remote.artery.canonical.port", address.port());
        values.put("pekko.remote.artery.advanced.maximum-frame-size", FRAME_BYTES);
        values.put("pekko.remote.artery.advanced.buffer-pool-size", 32);
        address.key()
                .ifPresentOrElse(
                        key -> encrypt(key, values),
                        () -> values.put("pekko.remote.artery.transport", "tcp"));
        membership(timing, seed, values);
        return ConfigFactory.parseMap(values)
                .withFallback(ConfigFactory.systemProperties())
                .withFallback(ConfigFactory.parseMap(Map.of("pekko.loglevel", "WARNING")))
                .withFallback(ConfigFactory.load());
    }

    private static void encrypt(ClusterKey key, Map<String, Object> values) {
        String engine = "pekko.remote.artery.ssl.config-ssl-engine.";
        values.put("pekko.remote.artery.transport", "tls-tcp");
        values.put(engine + "key-store", key.file().toString());
        values.put(engine + "key-store-password", key.password());
        values.put(engine + "key-password", key.password());
        values.put(engine + "trust-store", key.file().toString());
        values.put(engine + "trust-store-password", key.password());
        values.put(engine + "protocol", "TLSv1.3");
        values.put(
                engine + "enabled-algorithms",
                List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"));
        values.put(engine + "require-mutual-authentication", "on");
        values.put(engine + "hostname-verification", "off"); // one certificate for all
    }

    /// Who cannot be reached is given up; on the side without the trainer everybody gives up.
    private static void membership(
            Timing timing, Optional<Address> seed, Map<String, Object> values) {
        String detector = "pekko.cluster.failure-detector.";
        values.put(detector + "heartbeat-interval", timing.beat());
        values.put("pekko.cluster.gossip-interval", timing.beat());
        values.put(detector + "acceptable-heartbeat-pause", timing.pause());
        values.put(
                "pekko.cluster.downing-provider-class",
                "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider");
        String resolver = "pekko.cluster.split-brain-resolver.";
        values.put(resolver + "active-strategy", "keep-oldest");
        values.put(resolver + "keep-oldest.down-if-alone", "off");
        values.put(resolver + "stable-after", timing.doubt());
        values.put(resolver + "down-all-when-unstable", "off");
        values.put(
                "pekko.cluster.seed-nodes",
                seed.map(trainer -> List.of(trainer.toString())).orElse(List.of()));
        values.put("pekko.cluster.jmx.multi-mbeans-in-same-jvm", "on");
        values.put("pekko.cluster.retry-unsuccessful-join-after", timing.beat());
    }

    /// An actor system's address as others know it.
    static Address address(ClusterAddress address) {
        return new Address("pekko", CLUSTER, address.host(), address.port());
    }

    /// Tells an actor of every machine that is no member any more. Beside watching, which begins
    /// only once this machine has heard of the other's membership.
    static <T> void tellRemovals(ActorContext<T> context, Function<Address, T> message) {
        ActorRef<ClusterEvent.MemberRemoved> adapter =
                context.messageAdapter(
                        ClusterEvent.MemberRemoved.class,
                        removed -> message.apply(removed.member().address()));
        Cluster.get(context.getSystem())
                .subscribe(
                        Adapter.toClassic(adapter),
                        ClusterEvent.initialStateAsEvents(),
                        ClusterEvent.MemberRemoved.class);
    }

    /// Whether a machine is a full member, as far as this one knows.
    static boolean isMember(ActorContext<?> context, Address address) {
        for (Member member : Cluster.get(context.getSystem()).state().getMembers()) {
            if (member.address().equals(address)) {
                return member.status().equals(MemberStatus.up());
            }
        }
        return false;
    }
}
