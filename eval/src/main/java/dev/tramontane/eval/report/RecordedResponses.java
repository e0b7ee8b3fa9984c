package dev.tramontane.eval.report;

import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.items.ItemException;
import dev.tramontane.eval.items.LineReader;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.Response;
import dev.tramontane.eval.run.Scorer;
import dev.tramontane.sampling.FinishReason;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Grades responses that were recorded elsewhere, as many at once as there are processors, and
/// tells them in their order.
///
/// Thinking may have been opened in the prompts, which are not in the lines. One response that
/// closes what it did not open says so of those behind it; then one that was cut off without any
/// mark is all thinking.
///
/// @param scorer what grades
/// @param task whose items have the keys; absent in the list where every line has its own
/// @param isOpened whether it is known that the prompts opened the thinking: then every response
///   that closes none is all thinking
public record RecordedResponses(Scorer scorer, List<Task> task, boolean isOpened) {
    private static final int WAITING = 64;

    /// Where the responses themselves tell whether the prompts opened their thinking.
    public RecordedResponses(Scorer scorer, List<Task> task) {
        this(scorer, task, false);
    }

    /// A benchmark, and its items, which are read or fetched when the first key is wanted.
    public static final class Task {
        private final Benchmark benchmark;
        private final FutureTask<Map<String, Item>> items;

        /// @param items how they are had; asked once at most
        public Task(Benchmark benchmark, Callable<List<Item>> items) {
            this.benchmark = benchmark;
            this.items =
                    new FutureTask<>(
                            () ->
                                    items.call().stream()
                                            .collect(
                                                    Collectors.toMap(
                                                            Item::id, Function.identity())));
        }

        /// @throws IOException when they cannot be had, as often as somebody asks
        private Map<String, Item> items() throws IOException {
            items.run();
            return done(items);
        }
    }

    /// Is told what became of each line.
    public interface Taker {
        /// @param attempt graded, or a failure that says why not
        void take(Attempt attempt) throws IOException;
    }

    /// Reads lines of JSON to their end.
    ///
    /// @param name of the file, for messages
    public void grade(InputStream in, String name, Taker taker) throws IOException {
        Deque<Future<Attempt>> waiting = new ArrayDeque<>();
        int processors = Runtime.getRuntime().availableProcessors();
        try (ExecutorService graders = Executors.newFixedThreadPool(processors)) {
            try {
                var lines = new LineReader(in);
                int number = 0;
                boolean opened = false;
                for (var line = lines.next(); line.isPresent(); line = lines.next()) {
                    String text = new String(line.get(), StandardCharsets.UTF_8);
                    String place = name + ":" + ++number;
                    if (!text.isBlank()) {
                        Read read = read(text, place);
                        opened |= read.closesUnopened();
                        boolean wasOpened = opened;
                        waiting.add(graders.submit(() -> graded(read, place, wasOpened)));
                    }
                    if (waiting.size() > WAITING) {
                        taker.take(done(waiting.remove()));
                    }
                }
                while (!waiting.isEmpty()) {
                    taker.take(done(waiting.remove()));
                }
            } finally {
                graders.shutdownNow();
            }
        }
    }

    private static <T> T done(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while grading");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException("a grader failed", e);
            }
        }
    }

    /// A line, or why it is none.
    private sealed interface Read {
        record Line(ResponseLine line) implements Read {}

        record Wrong(String why) implements Read {}

        default boolean closesUnopened() {
            return switch (this) {
                case Line(ResponseLine line) -> Response.wasOpenedBefore(line.text());
                case Wrong _ -> false;
            };
        }
    }

    private static Read read(String text, String place) {
        try {
            return new Read.Line(ResponseLine.read(text, place));
        } catch (ItemException e) {
            return new Read.Wrong(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) { // one line must not end the others
            return new Read.Wrong(place + ": cannot be read (" + e + "), expected a response");
        }
    }

    /// @throws IOException when the task's items cannot be had
    private Attempt graded(Read read, String place, boolean wasOpened) throws IOException {
        return switch (read) {
            case Read.Line(ResponseLine line) -> graded(line, place, wasOpened);
            case Read.Wrong(String why) -> failed(place, 0, why);
        };
    }

    private Attempt graded(ResponseLine line, String place, boolean wasOpened) throws IOException {
        boolean needsItems = line.reference().isEmpty() && !task.isEmpty();
        Map<String, Item> items = needsItems ? task.getFirst().items() : Map.of();
        try {
            var response = Response.of(line.text(), isOpened || (wasOpened && line.isCut()));
            boolean truncated = line.isCut() || response.unfinished();
            Grade grade = scorer.score(problem(line, items, place), response);
            var outcome =
                    new Attempt.Graded(
                            grade, truncated ? FinishReason.LENGTH : FinishReason.STOP, truncated);
            return attempt(line.id(), line.sample(), outcome);
        } catch (IOException | RuntimeException e) {
            return failed(line.id(), line.sample(), String.valueOf(e.getMessage()));
        } catch (StackOverflowError _) { // nested too deep for a grader, which is no reason to end
            return failed(line.id(), line.sample(), "grading failed: nested too deep");
        }
    }

    private Problem problem(ResponseLine line, Map<String, Item> items, String place)
            throws IOException {
        if (line.reference().isPresent()) {
            return new Problem(line.id(), List.of(), line.reference().get());
        }
        if (task.isEmpty()) {
            throw new ItemException(
                    place + ": no answer, expected one with each response where a scorer is named");
        }
        Item item = items.get(line.id());
        if (item == null) {
            throw new ItemException(
                    "%s: the task has no item %s, expected an id of its items, or an answer with the response"
                            .formatted(place, line.id()));
        }
        return task.getFirst().benchmark.problem(item, line.sample());
    }

    private static Attempt failed(String id, int sample, String why) {
        return attempt(id, sample, new Attempt.Failed(why));
    }

    private static Attempt attempt(String id, int sample, Attempt.Outcome outcome) {
        return new Attempt(
                new Attempt.Key(id, sample, "default"),
                "",
                0,
                outcome,
                Attempt.Spent.NOTHING,
                List.of(),
                "",
                "");
    }
}
