package dev.tramontane.train.nano;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.suite.Conversation;
import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.eval.suite.Talk;
import dev.tramontane.nano.Nano;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Lessons without end, each a function of seed, mix and number: problems of the suite's training
/// half with their worked traces, and everyday talk.
///
/// As many numbers as there are pairs of a family and a language hold each pair once, or as often
/// as the mix names the family, in an order that is shuffled anew each time. Half of the prompts
/// have no system message and half nano's own; half, drawn apart, end with the sentence that says
/// in which form the answer is to be given. It is given so in any case: in a box or, of passages,
/// as the text alone.
///
/// **Talk** takes the place of some problems. Of a conversation the last answer is learned; the
/// thoughts of earlier ones are there in half of them, as in a terminal, and gone in the others, as
/// with most clients of a server.
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
    private final Talk talk;
    private final Mix mix;
    private final Message.SystemMessage system;

    /// What lessons are about.
    ///
    /// @param families one that stands here twice occurs twice as often
    /// @param levels how often each level occurs, as weights, from level 1 on
    /// @param talkPercent how many of a hundred lessons are everyday talk
    public record Mix(
            List<ProblemFamily> families,
            List<Language> languages,
            List<Integer> levels,
            int talkPercent) {
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
                    || bad
                    || talkPercent < 0
                    || talkPercent > 100) {
                throw new IllegalArgumentException(
                        "lessons of %d families in %d languages with the levels' weights %s and %d%% talk; expected at least one of each, %d weights, none below 0, one above, and 0 to 100%%"
                                .formatted(
                                        families.size(),
                                        languages.size(),
                                        levels,
                                        talkPercent,
                                        ProblemFamily.LEVELS));
            }
        }

        /// Problems alone.
        public Mix(List<ProblemFamily> families, List<Language> languages, List<Integer> levels) {
            this(families, languages, levels, 0);
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
        talk = new Talk(seed, suite);
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
        if (random.nextInt(100) < mix.talkPercent) {
            return talk(talk.conversation(Split.TRAIN, language, number), random);
        }
        ProblemFamily family = mix.families.get(pair % families);
        int level = mix.level(random);
        return problem(suite.problem(Split.TRAIN, language, family, level, number), random);
    }

    private Lesson problem(GeneratedProblem problem, SplittableRandom random) {
        boolean told = random.nextBoolean();
        boolean asksForForm = random.nextBoolean();
        String question = problem.question();
        String instruction = "\n\n" + suite.instruction(problem);
        List<Message> prompt = beginning(told);
        prompt.add(new Message.UserMessage(asksForForm ? question + instruction : question));
        boolean mayBeSilent = !told && problem.level() == EASIEST;
        String thought = String.join("\n", problem.steps());
        return lesson(prompt, thought, problem.conclusion(), mayBeSilent, random);
    }

    private Lesson talk(Conversation conversation, SplittableRandom random) {
        boolean told = random.nextBoolean();
        boolean keepsThoughts = random.nextBoolean();
        List<Message> prompt = beginning(told);
        List<Conversation.Turn> turns = conversation.turns();
        for (Conversation.Turn turn : turns.subList(0, turns.size() - 1)) {
            prompt.add(new Message.UserMessage(turn.said()));
            List<Chunk> answer = new ArrayList<>();
            if (keepsThoughts) {
                answer.add(new Chunk.ThinkChunk(turn.thought(), true));
            }
            answer.add(new Chunk.TextChunk(turn.answer()));
            prompt.add(new Message.AssistantMessage(answer, List.of(), false));
        }
        Conversation.Turn last = conversation.last();
        prompt.add(new Message.UserMessage(last.said()));
        return lesson(prompt, last.thought(), last.answer(), !told, random);
    }

    private List<Message> beginning(boolean told) {
        List<Message> prompt = new ArrayList<>();
        if (told) {
            prompt.add(system);
        }
        return prompt;
    }

    private static Lesson lesson(
            List<Message> prompt,
            String thought,
            String answer,
            boolean mayBeSilent,
            SplittableRandom random) {
        boolean silent = mayBeSilent && random.nextInt(SILENT_ONE_IN) == 0;
        return new Lesson(
                prompt,
                silent ? Optional.empty() : Optional.of(thought),
                answer,
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
