package dev.tramontane.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Requests at once, each read by a thread of its own over a connection of its own, with as little
/// of a client as there can be.
final class Load {
    static final String CHAT = "/v1/chat/completions";
    static final String TEXT = "/v1/completions";

    private static final Pattern TOKENS = Pattern.compile("\"completion_tokens\":(\\d+)");
    private static final Pattern CHAT_TEXT = Pattern.compile("\"content\":\"[^\"]");
    private static final Pattern TEXT_TEXT = Pattern.compile("\"text\":\"[^\"]");

    private Load() {}

    /// An answer as its client saw it; times of `System.nanoTime()`.
    ///
    /// @param start when it was asked
    /// @param pieces when each piece of text came
    /// @param tokens of the answer
    record Answer(long start, List<Long> pieces, int tokens, long end) {}

    /// Asks so many times at once.
    static List<Answer> together(int count, IntFunction<Answer> ask) throws InterruptedException {
        var ready = new CountDownLatch(count);
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<Answer>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int stream = i;
                running.add(
                        threads.submit(
                                () -> {
                                    ready.countDown();
                                    ready.await();
                                    return ask.apply(stream);
                                }));
            }
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> each : running) {
                answers.add(each.get());
            }
            return answers;
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        }
    }

    /// Asks for a stream, and reads it to its end.
    static Answer ask(int port, String path, String body) {
        Pattern text = path.equals(CHAT) ? CHAT_TEXT : TEXT_TEXT;
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            String usage = ",\"stream_options\":{\"include_usage\":true}}";
            String whole = body.substring(0, body.length() - 1) + usage;
            String request =
                    "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(path, whole.length(), whole);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var in =
                    new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            List<Long> pieces = new ArrayList<>();
            int tokens = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.startsWith("data: ")) {
                    continue; // frames of chunks, and what stands between events
                }
                long now = System.nanoTime();
                if (line.equals("data: [DONE]")) {
                    return new Answer(start, pieces, tokens, now);
                }
                if (text.matcher(line).find()) {
                    pieces.add(now);
                }
                Matcher told = TOKENS.matcher(line);
                tokens = told.find() ? Integer.parseInt(told.group(1)) : tokens;
            }
            throw new IOException("the stream broke off");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Tokens a second of all of them, from the first question to the last end.
    static double rate(List<Answer> answers) {
        long start = answers.stream().mapToLong(Answer::start).min().orElseThrow();
        long end = answers.stream().mapToLong(Answer::end).max().orElseThrow();
        return answers.stream().mapToInt(Answer::tokens).sum() * 1e9 / (end - start);
    }

    /// Nanoseconds until each had its first text.
    static List<Long> firsts(List<Answer> answers) {
        return answers.stream().map(each -> each.pieces().getFirst() - each.start()).toList();
    }

    static long percentile(List<Long> values, double share) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }
}
