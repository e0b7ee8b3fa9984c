package dev.tramontane.train.nano;

import dev.tramontane.train.Example;
import dev.tramontane.train.Examples;
import dev.tramontane.train.data.AnswerWriter;

/// Lessons as token sequences.
///
/// Safe for any number of threads.
public final class Curriculum implements Examples {
    private static final int MOST_ATTEMPTS = 100;

    /// Lessons beyond all that a run learns.
    private static final long FAR = 1L << 40;

    private final Lessons lessons;
    private final AnswerWriter writer;
    private final int longest;

    /// @param longest tokens of an example; in the place of a longer one another lesson is learned
    public Curriculum(Lessons lessons, AnswerWriter writer, int longest) {
        this.lessons = lessons;
        this.writer = writer;
        this.longest = longest;
    }

    /// @throws IllegalArgumentException when none of many lessons is short enough
    @Override
    public Example at(long number) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            Lesson lesson = lessons.at(number + attempt * FAR);
            Example example = writer.example(lesson.prompt(), lesson.whole(), lesson.begins());
            if (example.tokens().length <= longest) {
                return example;
            }
        }
        throw new IllegalArgumentException(
                "context is %d, and %d lessons in a row are longer; raise it, or choose families or levels with shorter ones"
                        .formatted(longest, MOST_ATTEMPTS));
    }
}
