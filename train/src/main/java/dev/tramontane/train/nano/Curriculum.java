package dev.tramontane.train.nano;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.train.Example;
import dev.tramontane.train.Examples;

import java.util.Arrays;
import java.util.Optional;

/// Lessons as token sequences, written by the template that writes the prompts of the engine: what
/// is learned is the answer with its marks and the token that ends it.
///
/// Safe for any number of threads.
final class Curriculum implements Examples {
    private final Lessons lessons;
    private final InstructTemplate template;
    private final int end;
    private final int longest;

    /// @param longest tokens of an example; a longer one is an error of who made the lessons
    Curriculum(Lessons lessons, Tekken tekken, int longest) {
        this.lessons = lessons;
        this.longest = longest;
        template = InstructTemplate.of(tekken, Optional.empty()).orElseThrow();
        end = tekken.special(SpecialToken.EOS).orElseThrow();
    }

    @Override
    public Example at(long number) {
        Lesson lesson = lessons.at(number);
        int[] prompt = template.encode(ChatRequest.of(lesson.prompt()));
        int[] open = template.encode(ChatRequest.of(lesson.whole()));
        if (open.length >= longest) {
            throw new IllegalStateException(
                    "lesson %d has %d tokens, expected %d at most; give the model a larger context or the lesson a shorter trace"
                            .formatted(number, open.length + 1, longest));
        }
        int[] tokens = Arrays.copyOf(open, open.length + 1);
        tokens[open.length] = end;
        boolean[] learned = new boolean[tokens.length];
        Arrays.fill(learned, prompt.length + (lesson.begins() ? 0 : 1), learned.length, true);
        return new Example(tokens, learned);
    }
}
