package dev.tramontane.train.grpo;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.suite.GeneratedProblem;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.eval.suite.SuiteChoice;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Problems of the generated suite's training half, by turns of families, languages and levels;
/// none comes twice. Each asks for the answer in a box, as the benchmark does.
public final class SuiteProblems implements Problems {
    /// Grades them: some answers are texts that are to be exact, the others stand in a box.
    public static final String SCORER = "answer";

    private final NanoSuite suite;
    private final SuiteChoice choice;
    private final ChatTemplate template;
    private final Optional<Message.SystemMessage> system;

    /// @param seed of the suite
    /// @param template writes the prompts
    /// @param system what the model is told first, where it is told something
    public SuiteProblems(
            long seed,
            SuiteChoice choice,
            ChatTemplate template,
            Optional<Message.SystemMessage> system) {
        this.suite = new NanoSuite(seed);
        this.choice = choice;
        this.template = template;
        this.system = system;
    }

    @Override
    public Question at(long number) {
        int families = choice.families().size();
        int languages = choice.languages().size();
        long turn = number / families;
        long round = turn / languages;
        Language language = choice.languages().get((int) (turn % languages));
        GeneratedProblem problem =
                suite.problem(
                        Split.TRAIN,
                        language,
                        choice.families().get((int) (number % families)),
                        choice.levels().get((int) (round % choice.levels().size())),
                        round / choice.levels().size());
        List<Message> messages = new ArrayList<>();
        system.ifPresent(messages::add);
        messages.add(
                new Message.UserMessage(problem.question() + "\n\n" + suite.instruction(problem)));
        return new Question(
                problem.problem(),
                template.encode(ChatRequest.of(messages)),
                Optional.of(language.code()));
    }
}
