package dev.tramontane.chat;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.grammar.ThinkingMarks;
import dev.tramontane.sampling.AnswerLimit;
import dev.tramontane.sampling.BannedTokens;
import dev.tramontane.sampling.PhaseTracker;
import dev.tramontane.sampling.RunawayGuard;
import dev.tramontane.sampling.ThinkingBudget;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/// Makes the masks that watch over one answer, in the order of their word: what ends the thinking
/// before what shapes the answer.
final class AnswerControl {
    private final Dialect dialect;
    private final Tokenizer tokenizer;
    private final ChatRequest request;
    private final Dialect.Prompt prompt;
    private final ThinkingFormat format;
    private final ControlTexts texts;
    private final FormatPhases phases;
    private final CompiledGrammars grammars;
    private final Optional<Grammar> grammar;
    private final CallMarks marks;
    private final CallPlan plan;

    /// Compiles what the answer is held to.
    ///
    /// @throws InvalidRequestException when it cannot be
    AnswerControl(
            Dialect dialect,
            ChatRequest request,
            Dialect.Prompt prompt,
            CompiledGrammars grammars) {
        this.dialect = dialect;
        this.tokenizer = dialect.tokenizer();
        this.request = request;
        this.prompt = prompt;
        this.format = prompt.thinking();
        this.texts = ControlTexts.in(Language.of(request.messages()));
        this.grammars = grammars;
        this.grammar = grammars.of(request.format());
        this.phases = new FormatPhases(tokenizer, format, grammar.isPresent());
        this.marks = CallMarks.of(tokenizer, dialect.callFormat());
        this.plan = new CallPlan(request, prompt, marks, tokenizer, grammars);
    }

    /// The masks.
    ///
    /// @param room tokens that can be generated
    /// @param vocab rows of the model's embedding
    List<TokenMask> masks(int room, int vocab) {
        List<TokenMask> masks = new ArrayList<>();
        masks.add(new PhaseTracker(phases));
        Optional<ThinkingBudget> budget =
                format.thinks() ? Optional.of(budget(room)) : Optional.empty();
        if (request.control().guard()) {
            masks.add(guard(budget));
        }
        budget.ifPresent(masks::add);
        if (grammar.isPresent() || plan.binds()) {
            masks.add(new AnswerForm(phases, marks, plan, grammar.map(this::held)));
        }
        int answerTokens = request.control().limits().answerTokens();
        if (answerTokens < room) {
            masks.add(new AnswerLimit(phases, answerTokens));
        }
        if (forbidsCalls()) {
            tokenizer
                    .special(SpecialToken.TOOL_CALLS)
                    .ifPresent(call -> masks.add(BannedTokens.of(call)));
        }
        if (prompt.forbidsThinking()) {
            openMark().ifPresent(open -> masks.add(BannedTokens.of(open)));
        }
        BitSet unused = tokenizer.vocabulary().unusedIds(vocab);
        if (!unused.isEmpty()) {
            masks.add(new BannedTokens(unused));
        }
        return masks;
    }

    /// Whether no call may come. Where there are no tools, it would stand where the form must.
    private boolean forbidsCalls() {
        return request.toolUse().choice() instanceof ToolChoice.None
                || (grammar.isPresent() && request.tools().isEmpty());
    }

    private RunawayGuard guard(Optional<ThinkingBudget> budget) {
        Optional<RunawayGuard.Remedy> remedy =
                budget.map(
                        _ ->
                                new RunawayGuard.Remedy(
                                        tokenizer.encode("\n" + texts.nudge() + "\n"), close()));
        IntSupplier left = () -> budget.map(ThinkingBudget::thinkingLeft).orElse(0);
        return new RunawayGuard(phases, remedy, dialect.tokenKinds(), left);
    }

    /// What holds the answer to a grammar, and lets the thinking be.
    private GrammarMask held(Grammar form) {
        boolean text = format.marks() == ThinkingFormat.Marks.TEXT;
        boolean opens = !prompt.forbidsThinking();
        return grammars.mask(
                form,
                phases,
                new ThinkingMarks(
                        opens ? openMark().orElse(-1) : -1,
                        opens && text ? format.open() : "",
                        text ? format.close() : "",
                        format.trims()));
    }

    private ThinkingBudget budget(int room) {
        int[] close = close();
        int[] goOn = tokenizer.encode("\n" + texts.goOn());
        var allowance =
                new ThinkingBudget.Allowance(
                        thinkingTokens(),
                        request.control().limits().thinkingTokens(),
                        thinkingRoom(room, close.length));
        var marks =
                new ThinkingBudget.Marks(
                        close, goOn, openMark(), dialect.stopTokens(), callMarks());
        return new ThinkingBudget(phases, allowance, marks);
    }

    /// The place behind which thinking is closed for the answer's sake: nowhere when nothing is
    /// kept for it.
    private int thinkingRoom(int room, int closeTokens) {
        int reserve = request.control().reserve(room);
        long left = (long) room - reserve - closeTokens;
        return reserve == 0 ? Integer.MAX_VALUE : (int) Math.max(0, left);
    }

    /// What the request lets thinking spend. An effort that the format cannot name is a number of
    /// tokens.
    private int thinkingTokens() {
        return switch (request.thinking()) {
            case Thinking.Budget(int tokens) -> tokens;
            case Thinking.Off _ -> 0;
            case Thinking.ModelDefault _ -> Integer.MAX_VALUE;
            case Thinking.Effort(Thinking.Level level) ->
                    dialect.names(level) ? Integer.MAX_VALUE : level.tokens();
        };
    }

    /// What closes the thinking.
    private int[] close() {
        String sentence = request.control().closingSentence() ? texts.closing() : "";
        boolean token = format.marks() == ThinkingFormat.Marks.TOKENS;
        String before = sentence.isEmpty() ? "" : "\n" + sentence;
        if (!token) {
            return tokenizer.encode(before + "\n" + format.close() + "\n\n");
        }
        IntStream mark = tokenizer.special(format.close()).stream();
        return sentence.isEmpty()
                ? mark.toArray()
                : IntStream.concat(IntStream.of(tokenizer.encode(before)), mark).toArray();
    }

    private OptionalInt openMark() {
        return format.marks() == ThinkingFormat.Marks.TOKENS
                ? tokenizer.special(format.open())
                : OptionalInt.empty();
    }

    /// Tokens that begin a call, where calls may come. A mark spelled in text is prose inside the
    /// thinking.
    private Set<Integer> callMarks() {
        if (forbidsCalls()) {
            return Set.of();
        }
        Set<Integer> marks = new HashSet<>();
        tokenizer.special(SpecialToken.TOOL_CALLS).ifPresent(marks::add);
        String open = dialect.callStyle(request).open();
        if (!open.isEmpty()) {
            tokenizer.special(open).ifPresent(marks::add);
        }
        return marks;
    }
}
