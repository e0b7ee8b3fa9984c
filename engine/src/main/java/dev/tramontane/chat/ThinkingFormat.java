package dev.tramontane.chat;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.Map;
import java.util.function.Predicate;

/// How a model sets its thinking apart from its answer.
///
/// @param marks what the marks are made of
/// @param open spelling of the mark before the thinking
/// @param close spelling of the mark after it
/// @param openedByPrompt whether the prompt ends inside the thinking
/// @param trims whether white space belongs to the marks: none of it follows the close mark into
///   the answer (models put an empty line there); around text marks none stays in the thinking
///   either
public record ThinkingFormat(
        Marks marks, String open, String close, boolean openedByPrompt, boolean trims) {
    /// What marks are made of.
    public enum Marks {
        /// There are none: everything is answer.
        NONE,
        /// Ordinary text; the open mark counts at the start of an answer only.
        TEXT,
        /// Tokens of their own.
        TOKENS
    }

    /// No thinking.
    public static final ThinkingFormat NONE = new ThinkingFormat(Marks.NONE, "", "", false, false);

    /// `<think>` and `</think>` as text (Magistral Small 2506, and most models of others).
    public static final ThinkingFormat TEXT =
            new ThinkingFormat(Marks.TEXT, "<think>", "</think>", false, true);

    /// `[THINK]` and `[/THINK]` tokens (Magistral Small 2507 and later, Ministral 3).
    public static final ThinkingFormat TOKENS =
            new ThinkingFormat(
                    Marks.TOKENS,
                    SpecialToken.THINK.spelling(),
                    SpecialToken.END_THINK.spelling(),
                    false,
                    true);

    /// The format of a model, from its vocabulary and its own chat template, never from its name.
    ///
    /// A vocabulary with marks of its own is sure. Text marks leave no trace in a vocabulary: there
    /// the chat template or a default system prompt must mention them.
    ///
    /// @param hints texts that came with the model: its chat template, its own system prompt
    public static ThinkingFormat infer(Tokenizer tokenizer, String hints) {
        if (isMark(tokenizer, TOKENS.open) && isMark(tokenizer, TOKENS.close)) {
            return TOKENS;
        }
        if (!hints.contains(TEXT.open)) {
            return NONE;
        }
        boolean tokens = isMark(tokenizer, TEXT.open) && isMark(tokenizer, TEXT.close);
        Marks marks = tokens ? Marks.TOKENS : Marks.TEXT;
        return new ThinkingFormat(marks, TEXT.open, TEXT.close, endsInThinking(hints), true);
    }

    /// Marks that models of others use around their thinking.
    private static final Map<String, String> OTHERS_MARKS =
            Map.of(
                    "<think>", "</think>",
                    "<seed:think>", "</seed:think>",
                    "<|START_THINKING|>", "<|END_THINKING|>");

    /// The format of a model outside the family: the marks that its template spells. Whether the
    /// prompt ends inside the thinking is told by each rendering.
    static ThinkingFormat ofTemplate(Tokenizer tokenizer, Predicate<String> mentions) {
        for (Map.Entry<String, String> pair : OTHERS_MARKS.entrySet()) {
            String open = pair.getKey();
            String close = pair.getValue();
            if (mentions.test(open) || mentions.test(close)) {
                boolean tokens = isMark(tokenizer, open) && isMark(tokenizer, close);
                return new ThinkingFormat(
                        tokens ? Marks.TOKENS : Marks.TEXT, open, close, false, true);
            }
        }
        return NONE;
    }

    /// The same with the prompt ending inside the thinking, or not.
    public ThinkingFormat openedByPrompt(boolean opened) {
        return new ThinkingFormat(marks, open, close, opened, trims);
    }

    /// The same with every character kept, white space beside marks too.
    public ThinkingFormat exact() {
        return new ThinkingFormat(marks, open, close, openedByPrompt, false);
    }

    /// Whether models of this format think at all.
    public boolean thinks() {
        return marks != Marks.NONE;
    }

    private static boolean isMark(Tokenizer tokenizer, String spelling) {
        return tokenizer.special(spelling).isPresent();
    }

    /// Whether a chat template's generation prompt opens the thinking and leaves it open.
    private static boolean endsInThinking(String template) {
        int prompt = template.lastIndexOf("add_generation_prompt");
        return prompt >= 0
                && template.indexOf(TEXT.open, prompt) >= 0
                && template.indexOf(TEXT.close, prompt) < 0;
    }
}
