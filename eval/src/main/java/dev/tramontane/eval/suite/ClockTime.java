package dev.tramontane.eval.suite;

import java.util.Map;

/// A time of day, or how long something takes.
///
/// @param hour from 0 on; of a time before the day's end below 24
/// @param minute 0 to 59
record ClockTime(int hour, int minute) {
    static ClockTime ofMinutes(int minutes) {
        return new ClockTime(minutes / 60, minutes % 60);
    }

    int minutes() {
        return 60 * hour + minute;
    }

    /// `9:40`
    String digits() {
        return "%d:%02d".formatted(hour, minute);
    }

    /// As people of the language write it, `9 h 40`.
    Line.Word local() {
        return word("time.local");
    }

    /// As the answer to a question.
    Line.Word answer() {
        return word("time.answer");
    }

    /// A duration in words, `3 hours and 35 minutes`.
    Line.Word spoken() {
        return word("spoken" + parts());
    }

    /// A duration in short, `3 h 35 min`; in other forms as well, where it is an answer.
    Line.Word brief() {
        return word("length" + parts() + ".answer");
    }

    /// Which of its parts are not zero.
    private String parts() {
        return minute == 0 ? ".h" : hour == 0 ? ".m" : ".hm";
    }

    private Line.Word word(String key) {
        return new Line.Word.Sentence(
                new Line(
                        key,
                        Map.of(
                                "h",
                                new Line.Word.Plain(String.valueOf(hour)),
                                "m",
                                new Line.Word.Plain(String.valueOf(minute)),
                                "mm",
                                new Line.Word.Plain("%02d".formatted(minute)),
                                "n",
                                new Line.Word.Plain(String.valueOf(minutes())))));
    }
}
