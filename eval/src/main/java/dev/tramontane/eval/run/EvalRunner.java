package dev.tramontane.eval.run;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.Intervention;
import dev.tramontane.sampling.SamplingParams;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/// Makes the attempts of a plan that its log does not have yet, each on a virtual thread, as many
/// at once as the plan says. Batching is the model's business: the runner only keeps enough
/// requests in the air. An answer is graded after it has made room for the next one.
///
/// A failure is written down as a failure: it is neither right nor wrong. When nothing but failures
/// comes, of the model or of the grader, the run is given up, since something else must be mended
/// first.
public final class EvalRunner {
    /// Failures in a row after which nothing better is expected.
    private static final int MOST_FAILURES_IN_A_ROW = 16;

    /// The same where the model refuses requests as wrong.
    private static final int MOST_REFUSALS_IN_A_ROW = 4;

    private final ChatModel model;
    private final Scorer scorer;
    private final Patience patience;
    private final Semaphore graders = new Semaphore(Runtime.getRuntime().availableProcessors());
    private final Set<ChatStream> answers = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /// Budgets with which an answer closed thinking that it did not open: the model's prompts do.
    private final Set<String> opened = ConcurrentHashMap.newKeySet();

    private int failuresInARow;
    private @Nullable String trouble;
    private @Nullable IOException logFailure;

    public EvalRunner(ChatModel model, Scorer scorer, Patience patience) {
        this.model = model;
        this.scorer = scorer;
        this.patience = patience;
    }

    /// Is told how a run goes on, one call at a time.
    public interface Watcher {
        /// An attempt is in the log.
        void finished(Attempt attempt);

        /// An attempt is to be tried again.
        void waiting(String why, Duration pause);
    }

    /// How a run ended.
    ///
    /// @param isComplete whether all attempts have been made; some may have failed
    /// @param trouble why it was given up, where it was
    public record Ending(boolean isComplete, Optional<String> trouble) {}

    /// Makes the attempts; returns when all are made, or after {@link #stop}.
    ///
    /// @throws IOException when the log cannot be written
    public Ending run(EvalPlan plan, EvalLog log, Watcher watcher) throws IOException {
        Set<Attempt.Key> done = log.done();
        List<EvalPlan.Task> tasks =
                plan.tasks().stream().filter(task -> !done.contains(task.key())).toList();
        var places = new Semaphore(plan.concurrency());
        for (EvalPlan.Task task : tasks) {
            places.acquireUninterruptibly();
            if (stopped) {
                break;
            }
            Thread thread =
                    Thread.ofVirtual()
                            .name("attempt-" + task.key().problem())
                            .unstarted(() -> attempt(plan, task, places, log, watcher));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : List.copyOf(threads)) {
            join(thread);
        }
        synchronized (this) {
            if (logFailure != null) {
                throw logFailure;
            }
            return new Ending(!stopped, Optional.ofNullable(trouble));
        }
    }

    private static void join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true; // attempts end by stop() alone
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the run: attempts under way are given up and not written down. Any thread may call.
    ///
    /// It waits for an attempt that is being written: an interrupt would close the log under it.
    public void stop() {
        synchronized (this) {
            stopped = true;
        }
        answers.forEach(ChatStream::close);
        threads.forEach(Thread::interrupt);
    }

    private void attempt(
            EvalPlan plan, EvalPlan.Task task, Semaphore places, EvalLog log, Watcher watcher) {
        boolean[] holdsPlace = {true};
        try {
            Attempt attempt =
                    made(
                            plan,
                            task,
                            () -> {
                                holdsPlace[0] = false;
                                places.release();
                            },
                            watcher);
            if (!stopped) {
                keep(attempt, log, watcher);
            }
        } catch (InterruptedException _) {
            // stopped: nothing is written down
        } finally {
            if (holdsPlace[0]) {
                places.release();
            }
            threads.remove(Thread.currentThread());
        }
    }

    private synchronized void keep(Attempt attempt, EvalLog log, Watcher watcher) {
        if (stopped) {
            return;
        }
        try {
            log.append(attempt);
        } catch (IOException e) {
            logFailure = e;
            stop();
            return;
        }
        watcher.finished(attempt);
    }

    /// Asks until there is an answer or no hope of one, and grades it.
    private Attempt made(EvalPlan plan, EvalPlan.Task task, Runnable answered, Watcher watcher)
            throws InterruptedException {
        List<Message> messages = plan.benchmark().messages(task.item(), task.key().sample());
        var asked = new Asked(task, Seeds.digest(text(messages)), seed(plan, task.key()));
        ChatRequest request =
                ChatRequest.of(messages)
                        .withSampling(sampling(plan.header().settings(), asked.seed()))
                        .withThinking(task.thinking());
        var count = new Patience.Count();
        while (true) {
            long start = System.nanoTime();
            try {
                ChatStream.Answer answer = answer(request);
                double seconds = (System.nanoTime() - start) / 1e9;
                Response response = response(answer, task.key().budget());
                answered.run(); // behind what the answer tells of all prompts
                return graded(plan, asked, answer, response, seconds);
            } catch (RuntimeException failure) {
                if (stopped) {
                    throw new InterruptedException();
                }
                Optional<Duration> pause = patience.after(failure, count);
                if (pause.isEmpty()) {
                    failed(failure, describe(failure));
                    return asked.failed(describe(failure));
                }
                synchronized (this) {
                    watcher.waiting(describe(failure), pause.get());
                }
                patience.pause(pause.get());
            }
        }
    }

    private ChatStream.Answer answer(ChatRequest request) throws InterruptedException {
        try (ChatStream stream = model.chat(request)) {
            answers.add(stream);
            try {
                if (stopped) {
                    throw new InterruptedException();
                }
                ChatStream.Answer answer = stream.collect();
                if (answer.why() == FinishReason.CANCELLED) {
                    if (stopped) {
                        throw new InterruptedException();
                    }
                    throw new IllegalStateException("the model gave the answer up");
                }
                return answer;
            } finally {
                answers.remove(stream);
            }
        }
    }

    private Attempt graded(
            EvalPlan plan, Asked asked, ChatStream.Answer answer, Response response, double seconds)
            throws InterruptedException {
        var usage = answer.usage();
        boolean truncated = isCut(answer) || response.unfinished();
        var spent =
                new Attempt.Spent(
                        usage.promptTokens(),
                        usage.reasoningTokens(),
                        usage.completionTokens() - usage.reasoningTokens(),
                        seconds);
        Attempt.Outcome outcome;
        graders.acquire();
        try {
            var key = asked.task().key();
            Grade grade =
                    scorer.score(
                            plan.benchmark().problem(asked.task().item(), key.sample()), response);
            outcome = new Attempt.Graded(grade, answer.why(), truncated);
            succeeded();
        } catch (IOException | RuntimeException failure) {
            if (stopped) {
                throw new InterruptedException();
            }
            String why = "grading failed: " + describe(failure);
            failed(failure, why);
            outcome = new Attempt.Failed(why);
        } catch (StackOverflowError _) { // an answer nested too deep for a grader
            outcome = new Attempt.Failed("grading failed: nested too deep");
        } finally {
            graders.release();
        }
        return new Attempt(
                asked.task().key(),
                asked.prompt(),
                asked.seed(),
                outcome,
                spent,
                usage.interventions().stream().map(Intervention::text).toList(),
                response.thinking(),
                response.answer());
    }

    /// What was said. Where thinking does not come apart from the text, one that was cut off
    /// without any mark is all thinking if others close what they did not open.
    private Response response(ChatStream.Answer answer, String budget) {
        if (!answer.thinking().isEmpty()) {
            return Response.of(
                    answer.thinking(), answer.text(), answer.usage().unfinishedThinking());
        }
        if (Response.wasOpenedBefore(answer.text())) {
            opened.add(budget);
        }
        Response response = Response.of(answer.text(), isCut(answer) && opened.contains(budget));
        return new Response(
                response.thinking(),
                response.answer(),
                response.unfinished() || answer.usage().unfinishedThinking());
    }

    private static boolean isCut(ChatStream.Answer answer) {
        return answer.why() == FinishReason.LENGTH || answer.why() == FinishReason.CONTEXT_FULL;
    }

    /// What an attempt has before it is made.
    private record Asked(EvalPlan.Task task, String prompt, int seed) {
        Attempt failed(String why) {
            return new Attempt(
                    task.key(),
                    prompt,
                    seed,
                    new Attempt.Failed(why),
                    Attempt.Spent.NOTHING,
                    List.of(),
                    "",
                    "");
        }
    }

    private synchronized void succeeded() {
        failuresInARow = 0;
    }

    private synchronized void failed(Throwable failure, String why) {
        failuresInARow++;
        int most =
                failure instanceof InvalidRequestException
                        ? MOST_REFUSALS_IN_A_ROW
                        : MOST_FAILURES_IN_A_ROW;
        if (failuresInARow >= most && trouble == null) {
            trouble =
                    "%d attempts failed one after another, the last one: %s; mend that and go on with --resume"
                            .formatted(failuresInARow, why);
            stop();
        }
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static int seed(EvalPlan plan, Attempt.Key key) {
        return Seeds.of(plan.header().settings().seed(), key.problem(), key.sample(), key.budget());
    }

    private static SamplingParams sampling(RunHeader.Settings settings, int seed) {
        return new SamplingParams(
                settings.temperature(),
                settings.topK(),
                settings.topP(),
                settings.minP(),
                seed,
                settings.maxTokens(),
                -1);
    }

    /// The messages as one text, for their digest.
    private static String text(List<Message> messages) {
        return messages.stream()
                .map(message -> message.getClass().getSimpleName() + "\n" + chunks(message))
                .collect(Collectors.joining("\n\n"));
    }

    private static String chunks(Message message) {
        return message.content().stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
}
