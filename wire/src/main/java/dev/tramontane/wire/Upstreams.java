package dev.tramontane.wire;

import dev.tramontane.engine.EngineOverloadedException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// The servers of a model, and which of them is asked next.
///
/// A conversation prefers one server, the same each time: that with the highest score of its name
/// and the conversation's beginning (rendezvous hashing: Thaler and Ravishankar 1998). A server
/// that comes or goes moves no conversation but its own. Where the preferred server is much busier
/// than the least busy one, that one is asked.
final class Upstreams implements AutoCloseable {
    /// A server may be busier than the least busy one by so many answers, or by half of what that
    /// one has, before conversations leave it: half of the places of a usual server.
    private static final int MUCH_BUSIER = 4;

    /// Before another server is asked: when one fails, many may turn to the next at once.
    private static final Duration LONGEST_STEP_ASIDE = Duration.ofMillis(100);

    private static final System.Logger LOG = System.getLogger(Upstreams.class.getName());

    private final Optional<String> name;
    private final UpstreamOptions.Patience patience;
    private final DoubleSupplier random;
    private final List<Member> members = new ArrayList<>(); // what they hold is guarded by this

    /// One of the servers.
    static final class Member {
        private final UpstreamRequests requests;
        private final Breaker breaker;
        private final long hash;
        private int answering;

        private Member(UpstreamRequests requests, Breaker breaker) {
            this.requests = requests;
            this.breaker = breaker;
            this.hash = ConversationHash.of(requests.address().root().toString());
        }

        int answering() {
            return answering;
        }

        String address() {
            return requests.address().root().toString();
        }
    }

    /// A group. Whoever makes it closes it.
    Upstreams(UpstreamGroup group) {
        this(group, System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
    }

    /// For tests: with a clock and a chance of their own.
    Upstreams(UpstreamGroup group, LongSupplier nanos, DoubleSupplier random) {
        this.name = Optional.of(group.name());
        this.patience = group.servers().getFirst().patience();
        this.random = random;
        for (UpstreamOptions server : group.servers()) {
            var breaker = new Breaker(group.trust(), nanos, random);
            members.add(new Member(new UpstreamRequests(server), breaker));
        }
    }

    /// One server, by its own name, and asked whatever came of it before.
    Upstreams(UpstreamOptions server) {
        var always =
                new UpstreamGroup.Trust(
                        Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofSeconds(1));
        this.name = Optional.empty();
        this.patience = server.patience();
        this.random = () -> 0;
        members.add(
                new Member(
                        new UpstreamRequests(server),
                        new Breaker(always, System::nanoTime, random)));
    }

    /// What one request may take.
    UpstreamOptions.Patience patience() {
        return patience;
    }

    /// What they are called where they have a name together.
    Optional<String> name() {
        return name;
    }

    List<UpstreamRequests> requests() {
        return members.stream().map(member -> member.requests).toList();
    }

    boolean isClosed() {
        return members.getFirst().requests.isClosed();
    }

    /// Chooses a server for an answer.
    ///
    /// @param conversation hash of its beginning
    /// @param tried servers that others are preferred to
    /// @return empty where all of them are left alone; else the caller must end it
    synchronized Optional<Lease> take(long conversation, Set<Member> tried) {
        List<Member> asked = members.stream().filter(each -> each.breaker.rest().isZero()).toList();
        List<Member> fresh = asked.stream().filter(each -> !tried.contains(each)).toList();
        List<Member> candidates = fresh.isEmpty() ? asked : fresh;
        Comparator<Member> byScore =
                Comparator.comparingLong(each -> ConversationHash.mixed(conversation, each.hash));
        Optional<Member> preferred = candidates.stream().max(byScore);
        if (preferred.isEmpty()) {
            return Optional.empty();
        }
        Comparator<Member> byAnswers = Comparator.comparingInt(each -> each.answering);
        Member least =
                candidates.stream().min(byAnswers.thenComparing(byScore.reversed())).orElseThrow();
        int more = preferred.get().answering - least.answering;
        Member chosen = more > Math.max(MUCH_BUSIER, least.answering / 2) ? least : preferred.get();
        OptionalLong period = chosen.breaker.enter();
        chosen.answering++;
        return Optional.of(new Lease(chosen, period.orElseThrow()));
    }

    /// Whether one that was not tried may be asked.
    synchronized boolean hasAnother(Set<Member> tried) {
        return members.stream()
                .anyMatch(each -> !tried.contains(each) && each.breaker.rest().isZero());
    }

    /// How long to wait before another server is asked.
    Duration stepAside() {
        return Duration.ofNanos((long) (LONGEST_STEP_ASIDE.toNanos() * random.getAsDouble()));
    }

    /// What is said where all of them are left alone.
    synchronized RuntimeException resting() {
        Duration soonest =
                members.stream()
                        .map(each -> each.breaker.rest())
                        .min(Comparator.naturalOrder())
                        .orElseThrow();
        String when =
                "; try again in %d s".formatted(Math.max(1, soonest.plusMillis(999).toSeconds()));
        if (members.stream().allMatch(each -> each.breaker.isBroken())) {
            return UpstreamException.resting(
                    name.orElse("the server")
                            + ": failed too often just now, and is left alone for a time"
                            + when,
                    soonest);
        }
        return new EngineOverloadedException(
                name.orElse("the server") + ": is busy, and asked for a pause" + when, soonest);
    }

    /// Ends running answers.
    @Override
    public void close() {
        members.forEach(member -> member.requests.close());
    }

    /// A server that answers one request. What comes of it is told once; what is told later is
    /// passed over. Any thread may call.
    final class Lease {
        private final Member member;
        private final long period;
        private boolean ended; // guarded by the group

        private Lease(Member member, long period) {
            this.member = member;
            this.period = period;
        }

        Member member() {
            return member;
        }

        UpstreamRequests requests() {
            return member.requests;
        }

        /// The answer has begun as it should.
        void answers() {
            synchronized (Upstreams.this) {
                if (!ended && member.breaker.answers(period)) {
                    LOG.log(System.Logger.Level.INFO, "{0} answers again", shown());
                }
            }
        }

        /// The server did as it should: it answered to the end, or refused the request.
        void succeeded() {
            end(() -> member.breaker.succeeded(period));
        }

        /// It is well, and wants to be left alone for a time. Where there is no other, whoever was
        /// asked to wait waits.
        void busy(Duration asked) {
            end(() -> member.breaker.busy(period, name.isPresent() ? asked : Duration.ZERO));
        }

        /// Nobody knows: the answer is not wanted any more.
        void left() {
            end(() -> member.breaker.left(period));
        }

        /// It did not answer, or not to the end.
        ///
        /// @param why for the log
        void failed(String why) {
            end(
                    () -> {
                        if (member.breaker.failed(period)) {
                            LOG.log(
                                    System.Logger.Level.WARNING,
                                    "{0} failed too often and is left alone for {1}; the last time: {2}",
                                    shown(),
                                    AnswerTimes.seconds(member.breaker.rest()),
                                    why);
                        }
                    });
        }

        private String shown() {
            return name.map(text -> text + " at ").orElse("") + member.address();
        }

        private void end(Runnable outcome) {
            synchronized (Upstreams.this) {
                if (!ended) {
                    ended = true;
                    member.answering--;
                    outcome.run();
                }
            }
        }
    }
}
