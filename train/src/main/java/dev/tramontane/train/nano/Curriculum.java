package dev.tramontane.train.nano;

import dev.tramontane.train.Example;
import dev.tramontane.train.Examples;
import dev.tramontane.train.data.AnswerWriter;

/// Lessons as token sequences.
///
/// Safe for any number of threads.
public final class Curriculum implements Examples {
    private final Lessons lessons;
    private final AnswerWriter writer;
    private final int longest;

    /// @param longest tokens of an example; a longer one is an error of who made the lessons
    public Curriculum(Lessons lessons, AnswerWriter writer, int longest) {
        this.lessons = lessons;
        this.writer = writer;
        this.longest = longest;
    }

    @Override
    public Example at(long number) {
        Lesson lesson = lessons.at(number);
        Example example = writer.example(lesson.prompt(), lesson.whole(), lesson.begins());
        if (example.tokens().length > longest) {
            throw new IllegalStateException(
                    "lesson %d has %d tokens, expected %d at most; give the model a larger context or the lesson a shorter trace"
                            .formatted(number, example.tokens().length, longest));
        }
        return example;
    }
}
