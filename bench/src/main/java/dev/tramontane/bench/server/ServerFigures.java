package dev.tramontane.bench.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.Models;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What the server adds to its engine, and how it stands beside llama-server on the same model with
/// the same requests in the same minutes.
///
/// ```
/// mvn -q -pl bench -am verify -DskipTests -Dbench.server="MODEL.gguf PATH/llama-server"
/// ```
///
/// Each line that it prints is one of `docs/perf.jsonl`, but for commit and machine. Requests have
/// prompts of 64 token ids of their own and 32 tokens of answer, all sent at once. Of three rounds,
/// by turns, the median is told; another number of them may follow the two paths, and numbers of
/// streams then.
public final class ServerFigures {
    private static final int PROMPT_TOKENS = 64;
    private static final int ANSWER_TOKENS = 32;
    private static final List<Integer> STREAMS = List.of(8, 16);
    private static final int MOST_STREAMS = 16;
    private static final int CONTEXT = 256;

    private final LocalModel model;
    private final int rounds;
    private final List<Integer> streamCounts;
    private final SplittableRandom random = new SplittableRandom(1);

    private ServerFigures(LocalModel model, int rounds, List<Integer> streamCounts) {
        this.model = model;
        this.rounds = rounds;
        this.streamCounts = streamCounts;
    }

    /// @param arguments the model's file, and llama-server where there is one
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 1) {
            System.err.println("expected MODEL.gguf [PATH/llama-server [ROUNDS [STREAMS]…]]");
            System.exit(2);
        }
        Path file = Path.of(arguments[0]);
        List<String> rest = List.of(arguments).subList(1, arguments.length);
        Optional<Path> peer = rest.stream().findFirst().map(Path::of);
        int rounds = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : 3;
        List<Integer> streams =
                rest.size() > 2
                        ? rest.subList(2, rest.size()).stream().map(Integer::valueOf).toList()
                        : STREAMS;
        EngineOptions options =
                EngineOptions.defaults().withContext(CONTEXT).withMaxSequences(MOST_STREAMS);
        long cache =
                MOST_STREAMS * (long) CONTEXT * bytesPerToken(file, options.withMaxSequences(1));
        try (LocalModel model = LocalModel.open(file, options.withKvCacheBytes(cache))) {
            var figures = new ServerFigures(model, rounds, streams);
            figures.added();
            figures.beside(file, peer);
        }
    }

    /// As the engine itself counts it.
    private static long bytesPerToken(Path file, EngineOptions options) throws IOException {
        try (LocalModel model = LocalModel.open(file, options)) {
            var cache = model.engine().stats().cache();
            return cache.bytes() / (cache.blocks() * 32L) + 1;
        }
    }

    /// What the server adds to the time between two pieces of text, by turns with the engine alone;
    /// and how late a client has a piece after it left the model.
    private void added() throws IOException, InterruptedException {
        int streams = streamCounts.getFirst();
        var alone = new Gaps();
        var behind = new Gaps();
        List<Long> late = new ArrayList<>();
        var timed = new Timed(model);
        try (Server server = Server.start(ServerConfig.local(0), models(timed))) {
            int port = server.port();
            warmUp(i -> Load.ask(port, Load.CHAT, body(i)));
            for (int round = 0; round < rounds; round++) {
                int first = round * 2 * streams; // nobody finds another's words in the cache
                alone.take(Load.together(streams, i -> timed.read(chat(first + i))));
                int next = first + streams;
                List<Load.Answer> answers =
                        Load.together(streams, i -> Load.ask(port, Load.CHAT, body(next + i)));
                behind.take(answers);
                late.addAll(timed.lateness(next, answers));
            }
        }
        String what = ", %d streams".formatted(streams);
        tell("server: added between tokens, p50" + what, behind.millis(0.5) - alone.millis(0.5));
        tell("server: added between tokens, p99" + what, behind.millis(0.99) - alone.millis(0.99));
        tell("server: engine alone, between tokens, p99" + what, alone.millis(0.99));
        tell("server: late, p50" + what, Load.percentile(late, 0.5) / 1e6);
        tell("server: late, p99" + what, Load.percentile(late, 0.99) / 1e6);
        tell("server: engine alone" + what, alone.rates, "tokens/s");
        tell("server: engine behind it" + what, behind.rates, "tokens/s");
    }

    private static void tell(String bench, double millis) {
        tell(bench, List.of(millis), "ms");
    }

    /// Times between the pieces of answers.
    private static final class Gaps {
        private final List<Long> nanos = new ArrayList<>();
        private final List<Double> rates = new ArrayList<>();

        void take(List<Load.Answer> answers) {
            rates.add(Load.rate(answers));
            for (Load.Answer answer : answers) {
                for (int i = 1; i < answer.pieces().size(); i++) {
                    nanos.add(answer.pieces().get(i) - answer.pieces().get(i - 1));
                }
            }
        }

        double millis(double share) {
            return Load.percentile(nanos, share) / 1e6;
        }
    }

    private static void warmUp(IntFunction<Load.Answer> ask) throws InterruptedException {
        Load.together(2, stream -> ask.apply(-1 - stream));
    }

    private Models models(Timed timed) {
        ServedModel plain = ServedModel.of("bench", List.of(), 0, model);
        return new Models(
                List.of(
                        new ServedModel(
                                plain.id(),
                                plain.aliases(),
                                plain.created(),
                                timed,
                                plain.nature(),
                                plain.local())));
    }

    static String question(int stream) {
        return "%d is the stream that says one two three four".formatted(stream);
    }

    private static ChatRequest chat(int stream) {
        return ChatRequest.of(question(stream)).withSampling(SamplingParams.greedy(ANSWER_TOKENS));
    }

    private static String body(int stream) {
        return "{\"stream\":true,\"temperature\":0,\"max_tokens\":%d,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(ANSWER_TOKENS, question(stream));
    }

    /// Throughput of all, and the time until the first token of nearly all.
    private void beside(Path file, Optional<Path> peer) throws IOException, InterruptedException {
        var ours = new Side("server");
        var theirs = new Side("llama-server");
        try (Server server =
                Server.start(
                        ServerConfig.local(0),
                        new Models(List.of(ServedModel.of("bench", List.of(), 0, model))))) {
            for (int streams : streamCounts) {
                try (Peer other = Peer.start(peer, file, streams, CONTEXT)) {
                    if (other.isThere()) {
                        warmUp(_ -> Load.ask(other.port(), Load.TEXT, textBody()));
                    }
                    for (int round = 0; round < rounds; round++) {
                        List<String> bodies = bodies(streams);
                        ours.take(all(server.port(), bodies));
                        if (other.isThere()) {
                            theirs.take(all(other.port(), bodies));
                        }
                    }
                }
                ours.tell(streams);
                theirs.tell(streams);
            }
        }
    }

    private static List<Load.Answer> all(int port, List<String> bodies)
            throws InterruptedException {
        return Load.together(bodies.size(), i -> Load.ask(port, Load.TEXT, bodies.get(i)));
    }

    private List<String> bodies(int streams) {
        return IntStream.range(0, streams).mapToObj(_ -> textBody()).toList();
    }

    /// Ids beyond the special ones. `ignore_eos` and `cache_prompt` are llama-server's.
    private synchronized String textBody() {
        int[] prompt = random.ints(PROMPT_TOKENS, 1000, model.tokenizer().vocab()).toArray();
        return "{\"stream\":true,\"temperature\":0,\"max_tokens\":%d,\"ignore_eos\":true,\"cache_prompt\":false,\"prompt\":%s}"
                .formatted(ANSWER_TOKENS, Arrays.toString(prompt));
    }

    private static void tell(String bench, List<Double> values, String unit) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                "{\"date\": \"%s\", \"bench\": \"%s\", \"value\": %.3f, \"unit\": \"%s\"}%n",
                LocalDate.now(), bench, sorted[sorted.length / 2], unit);
    }

    /// One server's figures.
    private static final class Side {
        private final String name;
        private final List<Double> rates = new ArrayList<>();
        private final List<Double> firsts = new ArrayList<>();

        Side(String name) {
            this.name = name;
        }

        void take(List<Load.Answer> answers) {
            rates.add(Load.rate(answers));
            firsts.add(Load.percentile(Load.firsts(answers), 0.95) / 1e6);
        }

        void tell(int streams) {
            if (!rates.isEmpty()) {
                ServerFigures.tell(name + ": " + streams + " streams", rates, "tokens/s");
                ServerFigures.tell(
                        name + ": first token, p95, " + streams + " streams", firsts, "ms");
            }
            rates.clear();
            firsts.clear();
        }
    }
}
