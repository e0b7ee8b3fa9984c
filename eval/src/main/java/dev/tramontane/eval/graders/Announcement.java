package dev.tramontane.eval.graders;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// "The answer is", in the languages of the benchmarks.
///
/// Of the space in it, a run of any length is passed over once (`\s++`): where two parts could
/// share it, a long one would be tried in every way to share.
///
/// @param start where it begins in the text's {@link #tail}
/// @param rest what stands behind it, without the marks right behind it; never blank
record Announcement(int start, String rest) {
    /// How much of a text's end is searched.
    static final int TAIL_CHARS = 20_000;

    private static final String MARKS = "[\\s*_]{0,4}";

    private static final Pattern ANNOUNCED =
            Pattern.compile(
                    "(?:"
                            // English
                            + "(?:\\bfinal\\s++)?\\banswer(?:\\s++(?:to|of|for)\\s++[^.:\\n]{1,80}?)?(?:"
                            + MARKS
                            + "[:：=]|\\s++(?:is|are|equals|would\\s+be|should\\s+be|must\\s+be|comes\\s+to)\\b)"
                            + "|\\bfinal\\s+answer\\b|\\b(?:correct|right|best)\\s+(?:option|choice|answer)\\s+is\\b|####"
                            // German, French, Spanish, Italian, Portuguese
                            + "|\\b(?:antwort|ergebnis|lösung)\\b(?:"
                            + MARKS
                            + ":|\\s+(?:ist|lautet|beträgt)\\b)"
                            + "|\\b(?:richtige|korrekte)\\s+(?:antwort|option)\\s+ist\\b"
                            + "|\\bréponse(?:\\s+(?:finale|correcte|exacte))?(?:"
                            + MARKS
                            + ":|\\s+(?:finale\\s+)?est\\b)"
                            + "|\\brespuesta(?:\\s+(?:final|correcta))?(?:"
                            + MARKS
                            + ":|\\s+es\\b)"
                            + "|\\brisposta(?:\\s+(?:finale|corretta|esatta))?(?:"
                            + MARKS
                            + ":|\\s+è)"
                            + "|\\bresposta(?:\\s+(?:final|correta))?(?:"
                            + MARKS
                            + ":|\\s+é)"
                            // Russian, Chinese, Japanese, Korean
                            + "|(?:правильный\\s++)?ответ"
                            + MARKS
                            + "(?:[:：—–-]|равен|есть)|правильный\\s+(?:ответ|вариант)(?:\\s{0,4}[—–])?"
                            + "|答案(?:应该|应当)?"
                            + MARKS
                            + "(?:是|为|应为|選|选|[:：])|(?:故|应|應|因此)?(?:选择|選擇|选|選)(?=\\s*[(（]?[A-Z](?![a-zA-Z]))|答"
                            + MARKS
                            + "[:：]"
                            + "|(?:答え|解答|回答|正解|正答)"
                            + MARKS
                            + "(?:は|が|[:：])"
                            + "|(?:정답|답)"
                            + MARKS
                            + "(?:은|는|[:：])"
                            // Arabic, Bengali, Swahili, Telugu, Thai
                            + "|(?:الجواب|الإجابة|الاجابة)(?:\\s+(?:النهائي[ةه]?|الصحيح[ةه]?))?"
                            + MARKS
                            + "(?:هو|هي|[:：])"
                            + "|উত্তর(?:টি)?"
                            + MARKS
                            + "(?:[:：ঃ]|হলো|হল|হবে)|\\bjibu(?:\\s+(?:la\\s+mwisho|sahihi))?(?:"
                            + MARKS
                            + ":|\\s+ni\\b)"
                            + "|సమాధానం"
                            + MARKS
                            + "[:：]?|คำตอบ(?:สุดท้าย)?"
                            + MARKS
                            + "(?:คือ|[:：])"
                            + ")",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    /// What stands behind the last announcement.
    static Optional<String> last(String text) {
        return find(text).map(Announcement::rest);
    }

    /// The last announcement; none where nothing stands behind it.
    static Optional<Announcement> find(String text) {
        String tail = tail(text);
        Matcher announced = ANNOUNCED.matcher(tail);
        int start = -1;
        int end = -1;
        while (announced.find()) {
            start = announced.start();
            end = announced.end();
        }
        if (end < 0) {
            return Optional.empty();
        }
        String rest = tail.substring(end).replaceFirst("^[\\s:：*_#>-]*(?<![-])", "");
        return rest.isBlank() ? Optional.empty() : Optional.of(new Announcement(start, rest));
    }

    static String tail(String text) {
        return text.substring(Math.max(0, text.length() - TAIL_CHARS));
    }
}
