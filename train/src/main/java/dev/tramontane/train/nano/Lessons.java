package dev.tramontane.train.nano;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.nano.Nano;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Lessons without end, each a function of seed, mix and number: problems of the suite's training
/// half with their worked traces.
///
/// As many numbers as there are pairs of a family and a language hold each pair once, in an order
/// that is shuffled anew each time. Half of the prompts have no system message and half nano's own;
/// half, drawn apart, end with the sentence that says in which form the answer is to be given. It
/// is given so in any case: in a box or, of passages, as the text alone.
///
/// **Without thinking.** A prompt that forbids thinking looks like one without a system message:
/// the engine only takes the mark `[THINK]` away. So a few easy lessons answer at once. Were their
/// beginnings learned in full, the model would sometimes not think where it may; they are in one of
/// {@link #SILENT_BEGINNINGS}, which makes the beginning likeliest after `[THINK]` and no more.
public final class Lessons {
    private static final int SILENT_ONE_IN = 10;
    private static final int SILENT_BEGINNINGS = 10;
    private static final int EASIEST = 1;

    private final long seed;
    private final NanoSuite suite;
    private final Mix mix;
    private final Message.SystemMessage system;

    /// What lessons are about.
    ///
    /// @param levels how often each level occurs, as weights, from level 1 on
    public record Mix(
            List<ProblemFamily> families, List<Language> languages, List<Integer> levels) {
        public Mix {
            families = List.copyOf(families);
            languages = List.copyOf(languages);
            levels = List.copyOf(levels);
            int sum = levels.stream().mapToInt(weight -> weight).sum();
            boolean bad = levels.stream().anyMatch(weight -> weight < 0);
            if (families.isEmpty()
                    || languages.isEmpty()
                    || levels.size() != ProblemFamily.LEVELS
                    || sum == 0
                    || bad) {
                throw new IllegalArgumentException(
                        "lessons of %d families in %d languages with the levels' weights %s; expected at least one of each and %d weights, none below 0, one above"
                                .formatted(
                                        families.size(),
                                        languages.size(),
                                        levels,
                                        ProblemFamily.LEVELS));
            }
        }

        int level(SplittableRandom random) {
            int drawn = random.nextInt(levels.stream().mapToInt(weight -> weight).sum());
            int level = 0;
            while (drawn >= levels.get(level)) {
                drawn -= levels.get(level++);
            }
            return level + 1;
        }
    }

    /// @param seed of the problems and their order
    /// @param mix what they are about
    public Lessons(long seed, Mix mix) throws IOException {
        this.seed = seed;
        this.mix = mix;
        suite = new NanoSuite(seed);
        system = new Message.SystemMessage(systemPrompt());
    }

    /// What nano is told where a conversation has no system message.
    static String systemPrompt() throws IOException {
        return new String(Nano.systemPrompt(), StandardCharsets.UTF_8).stripTrailing();
    }

    /// @param number from 0 on
    Lesson at(long number) {
        int families = mix.families.size();
        int pair = pair(number, families * mix.languages.size());
        var random = new SplittableRandom(new SplittableRandom(seed).nextLong() + number);
        Language language = mix.languages.get(pair / families);
        ProblemFamily family = mix.families.get(pair % families);
        GeneratedProblem problem =
                suite.problem(Split.TRAIN, language, family, mix.level(random), number);
        boolean told = random.nextBoolean();
        boolean asksForForm = random.nextBoolean();
        boolean silent = !told && problem.level() == EASIEST && random.nextInt(SILENT_ONE_IN) == 0;
        List<Message> prompt = new ArrayList<>();
        if (told) {
            prompt.add(system);
        }
        String question = problem.question();
        prompt.add(
                new Message.UserMessage(
                        asksForForm ? question + "\n\n" + suite.instruction(problem) : question));
        return new Lesson(
                prompt,
                silent ? Optional.empty() : Optional.of(String.join("\n", problem.steps())),
                problem.conclusion(),
                !silent || random.nextInt(SILENT_BEGINNINGS) == 0);
    }

    /// Which of some pairs a number has: every pair once in a round, in the round's own order.
    int pair(long number, int pairs) {
        var random = new SplittableRandom(new SplittableRandom(~seed).nextLong() + number / pairs);
        int[] order = new int[pairs];
        for (int i = 0; i < pairs; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order[(int) (number % pairs)];
    }
}
