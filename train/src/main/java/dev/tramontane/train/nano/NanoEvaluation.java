package dev.tramontane.train.nano;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.graders.AnyAnswer;
import dev.tramontane.eval.language.LanguageGuess;
import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.eval.suite.SuiteChoice;
import dev.tramontane.eval.suite.TraceCheck;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.train.TrainableWeights;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// How well a policy does on problems whose operands and phrasings it was never taught: the
/// likeliest answer to each, by family, language and level.
///
/// Prompts are as `run` and the benchmark `nano-suite` make them: nano's system message, the
/// question, the sentence that asks for a box.
public final class NanoEvaluation {
    /// Of the problems; none of the seeds that people give to a run.
    private static final long SEED = 20_260_101;

    private static final int FAMILIAR_ONE_IN = 3;
    private static final int SPARE_TOKENS = 32;

    private final Tekken tekken;
    private final NanoSettings settings;
    private final int threads;
    private final NanoSuite suite = new NanoSuite(SEED);
    private final Grader grader = new AnyAnswer();
    private final LanguageGuess guess;
    private final InstructTemplate template;

    NanoEvaluation(Tekken tekken, NanoSettings settings, int threads) {
        this.tekken = tekken;
        this.settings = settings;
        this.threads = threads;
        guess = new LanguageGuess();
        template = InstructTemplate.of(tekken, Optional.empty()).orElseThrow();
    }

    /// What was found about one answer.
    ///
    /// @param right whether the answer is
    /// @param inForm a closed thought, then one box, or a text where one is asked for, then the end
    /// @param holds whether every equation of the thought does
    /// @param asTaught whether the thought is the worked trace, line by line
    /// @param language of the thought, where it can be told
    record Verdict(
            GeneratedProblem problem,
            boolean right,
            boolean inForm,
            boolean holds,
            boolean asTaught,
            Optional<String> language,
            int tokens) {}

    /// Asks the first problems of the test; and some of the training half, as one of this seed that
    /// nobody trains with. These are of more kinds than the test's, so what lies between the two is
    /// what new phrasings cost only where the kinds are the same.
    NanoReport of(TrainableWeights weights, int count) throws IOException {
        List<GeneratedProblem> held = problems(Split.TEST, count);
        List<GeneratedProblem> familiar = problems(Split.TRAIN, 1 + count / FAMILIAR_ONE_IN);
        List<GeneratedProblem> all = new ArrayList<>(held);
        all.addAll(familiar);
        List<Verdict> verdicts = verdicts(weights, all);
        return NanoReport.of(
                verdicts.subList(0, held.size()), verdicts.subList(held.size(), all.size()));
    }

    private List<Verdict> verdicts(TrainableWeights weights, List<GeneratedProblem> problems)
            throws IOException {
        var system = new Message.SystemMessage(Lessons.systemPrompt());
        List<GreedyAnswers.Question> questions = new ArrayList<>();
        for (GeneratedProblem problem : problems) {
            String text = problem.question() + "\n\n" + suite.instruction(problem);
            List<Message> messages = List.of(system, new Message.UserMessage(text));
            int[] prompt = template.encode(ChatRequest.of(messages));
            questions.add(new GreedyAnswers.Question(prompt, most(problem)));
        }
        try (var policy = new GreedyAnswers(weights, threads, tekken.stopTokens())) {
            List<GreedyAnswers.Answer> answers = policy.to(questions);
            return IntStream.range(0, problems.size())
                    .mapToObj(i -> verdict(problems.get(i), answers.get(i)))
                    .toList();
        }
    }

    /// An answer may be twice as long as the worked one, and some more.
    private int most(GeneratedProblem problem) {
        int thought = tekken.encode(String.join("\n", problem.steps())).length;
        return 2 * (thought + tekken.encode(problem.conclusion()).length) + SPARE_TOKENS;
    }

    private List<GeneratedProblem> problems(Split split, int count) {
        var taught = new SuiteChoice(settings.families(), settings.languages(), taughtLevels());
        return suite.problems(split, taught, count);
    }

    private List<Integer> taughtLevels() {
        return IntStream.rangeClosed(1, ProblemFamily.LEVELS)
                .filter(
                        level ->
                                settings.stages().stream()
                                        .anyMatch(stage -> stage.levels().get(level - 1) > 0))
                .boxed()
                .toList();
    }

    private Verdict verdict(GeneratedProblem problem, GreedyAnswers.Answer answer) {
        int[] tokens = answer.tokens();
        int open = tekken.special(SpecialToken.THINK).orElseThrow();
        int close = tekken.special(SpecialToken.END_THINK).orElseThrow();
        int end =
                IntStream.range(0, tokens.length)
                        .filter(i -> tokens[i] == close)
                        .findFirst()
                        .orElse(-1);
        boolean opens = tokens.length > 0 && tokens[0] == open;
        boolean closes = opens && end > 0;
        String thought = closes ? text(tokens, 1, end) : "";
        String conclusion = text(tokens, closes ? end + 1 : 0, tokens.length);
        boolean marked =
                IntStream.range(end + 1, tokens.length).noneMatch(i -> tekken.isSpecial(tokens[i]));
        return new Verdict(
                problem,
                grader.grade(problem.reference(), conclusion).correct(),
                closes && marked && answer.ended() && isInForm(problem, conclusion),
                closes && TraceCheck.firstWrong(thought).isEmpty(),
                closes && thought.equals(String.join("\n", problem.steps())),
                guess.of(thought),
                tokens.length);
    }

    private String text(int[] tokens, int from, int to) {
        return tekken.decode(Arrays.copyOfRange(tokens, from, to), SpecialTokens.IGNORE);
    }

    /// Where the answer is a text, it has no box.
    private static boolean isInForm(GeneratedProblem problem, String conclusion) {
        return problem.family().isVerbatim()
                ? !conclusion.isBlank() && !conclusion.contains("\\boxed")
                : hasOneBox(conclusion);
    }

    private static boolean hasOneBox(String text) {
        String box = "\\boxed{";
        int first = text.indexOf(box);
        return first >= 0 && text.indexOf(box, first + 1) < 0 && text.indexOf('}', first) > 0;
    }
}
