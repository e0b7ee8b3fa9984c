package dev.tramontane.train.data;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.train.Example;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Turns an answer and what precedes it into tokens, by the template that writes the engine's
/// prompts: what is learned is the answer with its marks and the token that ends it.
///
/// So training sees a prompt exactly as the model will be asked, thoughts of earlier answers kept
/// or left out as its format has it. Safe for any number of threads.
public final class AnswerWriter {
    private final InstructTemplate template;
    private final int end;

    /// @param chatTemplate the model's own template, a hint at the format's version
    /// @throws IllegalArgumentException for a vocabulary without the marks of conversations
    public AnswerWriter(Tokenizer tokenizer, Optional<String> chatTemplate) {
        template =
                InstructTemplate.of(tokenizer, Optional.empty(), chatTemplate)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the vocabulary has no [INST] and [/INST], expected that of a Mistral instruct model, whose format the trainer writes; choose another tokenizer"));
        end =
                tokenizer
                        .special(SpecialToken.EOS)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the vocabulary has no token that ends an answer; choose another tokenizer"));
    }

    /// What writes the prompts.
    public InstructTemplate template() {
        return template;
    }

    /// An answer to learn.
    ///
    /// @param prompt what precedes it
    /// @param whole the same with the answer at its end, as one that is to be gone on with
    /// @param beginning whether the answer's first token is learned as well
    /// @throws dev.tramontane.chat.InvalidRequestException when the format cannot write it
    public Example example(ChatRequest prompt, ChatRequest whole, boolean beginning) {
        int[] asked = template.encode(prompt);
        int[] open = template.encode(whole);
        int[] tokens = Arrays.copyOf(open, open.length + 1);
        tokens[open.length] = end;
        boolean[] learned = new boolean[tokens.length];
        Arrays.fill(learned, asked.length + (beginning ? 0 : 1), learned.length, true);
        return new Example(tokens, learned);
    }

    /// The same without tools.
    public Example example(List<Message> prompt, List<Message> whole, boolean beginning) {
        return example(ChatRequest.of(prompt), ChatRequest.of(whole), beginning);
    }
}
