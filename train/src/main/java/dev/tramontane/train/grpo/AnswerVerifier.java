package dev.tramontane.train.grpo;

import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.OutputParser;
import dev.tramontane.chat.TemplateRules;
import dev.tramontane.chat.ThinkingFormat;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.graders.AnswerForm;
import dev.tramontane.eval.language.LanguageGuess;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Grades completions as the report does (Magistral 2025, section 2.2): form, answer, length and
/// language.
///
/// *Form* (2.2.1): the completion begins with the thinking, there is one pair of marks, and behind
/// it stands what the problem's kind asks for, a box or a block of code that names its language.
/// *Language* (2.2.4): thoughts and answer are in the problem's. A part that is too short, or all
/// formulas, shows none, and speaks neither for nor against; one of the two must show it.
public final class AnswerVerifier implements Verifier {
    private final Tokenizer tokenizer;
    private final ThinkingFormat format;
    private final Grader grader;
    private final RewardRules rules;
    private final LanguageGuess guess = new LanguageGuess();

    /// What a completion in form consists of.
    private record Parts(String thinking, String answer) {}

    /// @param format how the model marks its thinking
    /// @param grader of the answers; it looks at what stands behind the thinking
    public AnswerVerifier(
            Tokenizer tokenizer, ThinkingFormat format, Grader grader, RewardRules rules) {
        if (!format.thinks()) {
            throw new IllegalArgumentException(
                    "a model without marks for its thinking, expected one with them; its completions could never be in form");
        }
        this.tokenizer = tokenizer;
        this.format = format.exact();
        this.grader = grader;
        this.rules = rules;
    }

    @Override
    public Reward verify(Question question, Trajectory trajectory) {
        Problem problem = question.problem();
        Optional<Parts> parts = parts(trajectory.completion());
        if (parts.isEmpty()) {
            return Reward.outOfForm("not one closed thought and an answer behind it");
        }
        String answer = parts.get().answer;
        AnswerForm form = AnswerForm.of(problem.reference());
        if (!form.isKept(answer)) {
            return Reward.outOfForm("the answer is not " + form);
        }
        Grade grade = grader.grade(problem.reference(), answer);
        return Reward.of(
                rules,
                grade.correct(),
                isInLanguage(question, parts.get()),
                trajectory.completion().length,
                grade.why());
    }

    /// Thinking and answer of a completion that has one of each.
    private Optional<Parts> parts(int[] completion) {
        var parser =
                new OutputParser(
                        tokenizer, TemplateRules.CallFormat.NAME_ARGUMENTS, format, List.of());
        OutputParser.Parsed parsed = parser.parse(completion);
        if (parsed.malformed().isPresent()
                || !parsed.calls().isEmpty()
                || parsed.content().size() != 2) {
            return Optional.empty();
        }
        if (parsed.content().getFirst() instanceof Chunk.ThinkChunk(String thinking, boolean closed)
                && parsed.content().getLast() instanceof Chunk.TextChunk(String answer)
                && closed
                && !spellsMarks(thinking)
                && !spellsMarks(answer)) {
            return Optional.of(new Parts(thinking, answer));
        }
        return Optional.empty();
    }

    /// Whether a text has a second mark: one that is text, not a token, shows in it.
    private boolean spellsMarks(String text) {
        return text.contains(format.open()) || text.contains(format.close());
    }

    private boolean isInLanguage(Question question, Parts parts) {
        Optional<String> wanted = question.language().or(() -> guess.of(text(question.problem())));
        List<String> shown =
                Stream.of(parts.thinking, parts.answer)
                        .flatMap(part -> guess.of(part).stream())
                        .toList();
        return wanted.isPresent()
                && !shown.isEmpty()
                && shown.stream().allMatch(wanted.get()::equals);
    }

    /// What a person says in a problem's conversation.
    private static String text(Problem problem) {
        return problem.messages().stream()
                .filter(Message.UserMessage.class::isInstance)
                .flatMap(message -> message.content().stream())
                .flatMap(
                        chunk ->
                                switch (chunk) {
                                    case Chunk.TextChunk(String text) -> Stream.of(text);
                                    case Chunk.ThinkChunk _, Chunk.ImageChunk _ ->
                                            Stream.<String>empty();
                                })
                .collect(Collectors.joining("\n"));
    }
}
