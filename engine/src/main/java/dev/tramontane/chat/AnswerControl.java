package dev.tramontane.chat;

import dev.tramontane.sampling.AnswerLimit;
import dev.tramontane.sampling.BannedTokens;
import dev.tramontane.sampling.PhaseTracker;
import dev.tramontane.sampling.ThinkingBudget;
import dev.tramontane.sampling.TokenMask;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/// Makes the masks that watch over one answer, in the order of their word: what ends the thinking
/// before what shapes the answer.
final class AnswerControl {
    private final Dialect dialect;
    private final Tokenizer tokenizer;
    private final ChatRequest request;
    private final Dialect.Prompt prompt;
    private final ThinkingFormat format;
    private final FormatPhases phases;

    AnswerControl(Dialect dialect, ChatRequest request, Dialect.Prompt prompt) {
        this.dialect = dialect;
        this.tokenizer = dialect.tokenizer();
        this.request = request;
        this.prompt = prompt;
        this.format = prompt.thinking();
        this.phases = new FormatPhases(tokenizer, format);
    }

    /// The masks.
    ///
    /// @param room tokens that can be generated
    /// @param vocab rows of the model's embedding
    List<TokenMask> masks(int room, int vocab) {
        List<TokenMask> masks = new ArrayList<>();
        masks.add(new PhaseTracker(phases));
        if (format.thinks()) {
            masks.add(budget(room));
        }
        int answerTokens = request.control().limits().answerTokens();
        if (answerTokens < room) {
            masks.add(new AnswerLimit(phases, answerTokens));
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

    private ThinkingBudget budget(int room) {
        ControlTexts texts = ControlTexts.in(Language.of(request.messages()));
        int[] close = close(request.control().closingSentence() ? texts.closing() : "");
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

    private int[] close(String sentence) {
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

    /// Tokens that begin a call. A mark spelled in text is prose inside the thinking.
    private Set<Integer> callMarks() {
        Set<Integer> marks = new HashSet<>();
        tokenizer.special(SpecialToken.TOOL_CALLS).ifPresent(marks::add);
        String open = dialect.callStyle(request).open();
        if (!open.isEmpty()) {
            tokenizer.special(open).ifPresent(marks::add);
        }
        return marks;
    }
}
