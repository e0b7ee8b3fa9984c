package dev.tramontane.eval.run;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.benchmark.Seeds;
import dev.tramontane.eval.items.Item;
import dev.tramontane.sampling.SamplingParams;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Lets a model say whether an answer is right, for questions whose answers are no formulas. It
/// sees the question, the key and the answer, and closes with two lines that are read:
///
/// ```
/// extracted: what the answer comes to, or none
/// correct: yes, or no
/// ```
///
/// A judge that does not say one or the other is a failure of the grading, not a wrong answer. What
/// stands in an answer may try to talk it round: it is shown as quoted text, and a judge is never
/// more than a model's opinion.
public final class ModelJudge implements Scorer {
    private static final int MOST_TOKENS = 8192;
    private static final int LONGEST_ANSWER_CHARS = 60_000;
    private static final Pattern VERDICT =
            Pattern.compile("(?im)^[\\s*_`]*correct[\\s*_`]*:[\\s*_`]*(yes|no)\\b");
    private static final Pattern EXTRACTED =
            Pattern.compile("(?im)^[\\s*_`]*extracted[\\s*_`]*:[\\s*_`]*(\\S.*?)[\\s*_`]*$");
    private static final Pattern PLACE = Pattern.compile("\\{\\{(question|key|answer)}}");

    private final ChatModel model;
    private final String name;
    private final Patience patience;
    private final String prompt;

    /// @param model stays the caller's to close
    /// @param name of the judge, for the log
    /// @param patience with a judge that is busy or away
    public ModelJudge(ChatModel model, String name, Patience patience) {
        this.model = model;
        this.name = name;
        this.patience = patience;
        this.prompt = resource();
    }

    private static String resource() {
        try (InputStream in =
                ModelJudge.class.getResourceAsStream("/dev/tramontane/eval/judge.txt")) {
            if (in == null) {
                throw new IllegalStateException("the build lacks judge.txt");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Which judge it is, and with which prompt, for the log.
    public String version() {
        return "judge " + name + ", prompt " + Seeds.digest(prompt).substring(0, 12);
    }

    /// @throws IllegalStateException when the judge gives no verdict
    @Override
    public Grade score(Problem problem, String answer) {
        if (answer.isBlank()) {
            return new Grade(false, Optional.empty(), "no answer to judge");
        }
        ChatRequest request =
                ChatRequest.of(asked(problem, answer))
                        .withSampling(SamplingParams.greedy(MOST_TOKENS));
        String verdict = verdict(request);
        Optional<String> correct = last(VERDICT, verdict);
        if (correct.isEmpty()) {
            throw new IllegalStateException(
                    name + " gave no verdict, expected a line `correct: yes` or `correct: no`");
        }
        Optional<String> extracted =
                last(EXTRACTED, verdict).filter(text -> !text.equalsIgnoreCase("none"));
        boolean isRight = correct.get().toLowerCase(Locale.ROOT).equals("yes");
        return new Grade(
                isRight,
                extracted,
                "%s judged it %s against %s"
                        .formatted(name, isRight ? "right" : "wrong", key(problem.reference())));
    }

    private String verdict(ChatRequest request) {
        var count = new Patience.Count();
        while (true) {
            try (ChatStream stream = model.chat(request)) {
                var said = stream.collect();
                return Response.of(said.thinking(), said.text(), false).answer();
            } catch (RuntimeException failure) {
                pause(patience.after(failure, count).orElseThrow(() -> failure), failure);
            }
        }
    }

    private void pause(Duration time, RuntimeException failure) {
        try {
            patience.pause(time);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /// Whether it can judge answers to an item: programs are run, not read.
    public static boolean canJudge(Item item) {
        return switch (item.key()) {
            case Item.Stored _ -> false;
            case Item.Shuffled _ -> true;
            case Item.Fixed(Reference reference) -> !(reference instanceof Reference.Tests);
        };
    }

    private String asked(Problem problem, String answer) {
        Map<String, String> fields =
                Map.of(
                        "question", question(problem),
                        "key", key(problem.reference()),
                        "answer", end(answer));
        return PLACE.matcher(prompt)
                .replaceAll(
                        place -> Matcher.quoteReplacement(fields.getOrDefault(place.group(1), "")));
    }

    /// The end of a long answer: there it says what it comes to.
    private static String end(String answer) {
        return answer.substring(Math.max(0, answer.length() - LONGEST_ANSWER_CHARS));
    }

    private static String question(Problem problem) {
        return problem.messages().stream()
                .filter(message -> message instanceof Message.UserMessage)
                .flatMap(message -> message.content().stream())
                .map(
                        chunk ->
                                switch (chunk) {
                                    case Chunk.TextChunk(String text) -> text;
                                    case Chunk.ThinkChunk _, Chunk.ImageChunk _ -> "";
                                })
                .collect(Collectors.joining("\n"));
    }

    private static String key(Reference reference) {
        return switch (reference) {
            case Reference.Text text -> String.join(" or ", text.accepted());
            case Reference.Verbatim(String text) -> text;
            case Reference.Choice choice ->
                    choice.letter() + ") " + choice.choices().get(choice.letter() - 'A');
            case Reference.Tests _ ->
                    throw new IllegalArgumentException(
                            "a program cannot be judged by reading; use the scorer code");
        };
    }

    private static Optional<String> last(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        Optional<String> found = Optional.empty();
        while (matcher.find()) {
            found = Optional.of(matcher.group(1));
        }
        return found;
    }
}
