package dev.tramontane.chat;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What an answer says, in a form in which two answers that say the same are equal.
///
/// It is the first of these that the text has: what the last `\boxed{}` holds; what stands behind
/// the last "the answer is" of nine languages; the choice letter that the last line is; the last
/// number of the text (hours with their minutes), taken from behind an equals sign where its
/// sentence has one; the text itself. What was found is then written in one way: without marks of
/// Markdown and LaTeX, numbers as reduced fractions ({@link Quantity}), letters of choices bare,
/// other text in lower case.
///
/// That is spelling, not mathematics: `2x` and `x+x` differ, and so do 5 km and 5,000 m.
///
/// @param value what the answer says, short enough to show
/// @param unit of measure of a number, by its symbol; empty for none. A number without a unit says
///   the same as one with any, which a vote decides ({@link Ballot})
public record AnswerKey(String value, String unit) {
    /// A key without a unit.
    public AnswerKey(String value) {
        this(value, "");
    }

    /// How many characters of a text without any of the marks above are compared and shown.
    private static final int LONGEST_CHARS = 200;

    private static final Pattern BOXED = Pattern.compile("\\\\(?:boxed|fbox)\\s*(\\{|\\S+)");

    private static final Pattern ANNOUNCED =
            Pattern.compile(
                    "(?:answer (?:is|=)|answer\\s*:|réponse (?:est|finale est)|réponse\\s*:"
                            + "|antwort (?:ist|lautet)|antwort\\s*:|respuesta (?:es|final es)"
                            + "|respuesta\\s*:|risposta (?:è|finale è)|risposta\\s*:|ответ\\s*[:—–-]"
                            + "|答案(?:是|为|[:：])|答え?は|答え\\s*[:：]|回答\\s*[:：]"
                            + "|(?:الجواب|الإجابة)(?: النهائي[ةه]?)?\\s*(?:هو|هي|[:：]))",
                    Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern CHOICE =
            Pattern.compile(
                    "(?:option |choice )?[(\\[]?([a-j])(?:[)\\]]|[.:)]|(?=\\s*$))(?:\\s.*)?",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+|(?<=[。！？؟])|\\n+");

    private static final Pattern EQUATION = Pattern.compile("^[a-zA-Z]\\s*=\\s*(.+)$");

    /// LaTeX that only says how something looks.
    private static final List<String> LOOKS =
            List.of(
                    "\\left",
                    "\\right",
                    "\\$",
                    "\\,",
                    "\\!",
                    "\\;",
                    "\\:",
                    "\\displaystyle",
                    "\\(",
                    "\\)",
                    "\\[",
                    "\\]",
                    "$",
                    "**",
                    "__",
                    "`",
                    "^\\circ",
                    "^{\\circ}",
                    "°");

    /// Degrees of a scale, whose sign would be taken away with those of angles.
    private static final Pattern DEGREES =
            Pattern.compile(
                    "\\s*(?:°|\\^\\{?\\\\circ}?)\\s*(?:\\\\(?:text|mathrm)\\{)?([CF])\\b}?");

    private static final Pattern FRACTION =
            Pattern.compile("\\\\[dt]?frac\\s*\\{([^{}]*)}\\s*\\{([^{}]*)}");

    private static final Pattern WRAPPED =
            Pattern.compile("\\\\(?:text|mathrm|textbf|mathbf|mbox|operatorname)\\s*\\{([^{}]*)}");

    /// The key of an answer's text, its thinking left out; empty when there is no text.
    public static Optional<AnswerKey> of(String answer) {
        String text = answer.strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                boxed(text)
                        .or(() -> announced(text))
                        .map(AnswerKey::normal)
                        .filter(key -> !key.value.isEmpty())
                        .or(() -> choice(text).map(AnswerKey::new))
                        .or(() -> lastNumber(text))
                        .orElseGet(() -> normal(text)));
    }

    /// The key of what somebody took out of an answer already: nothing is looked for in it.
    public static AnswerKey ofExtracted(String found) {
        return normal(found);
    }

    /// The same without its unit.
    AnswerKey bare() {
        return new AnswerKey(value);
    }

    /// What a person reads.
    String shown() {
        return unit.isEmpty() ? value : value + " " + unit;
    }

    /// What an answer says that calls tools: the calls, their arguments printed in one way.
    static AnswerKey ofCalls(List<ToolCall> calls) {
        return new AnswerKey(
                calls.stream()
                        .map(call -> call.name() + "(" + printed(call.arguments()) + ")")
                        .collect(Collectors.joining(", ")));
    }

    private static String printed(String arguments) {
        try {
            return PythonJson.print(PythonJson.parse(arguments));
        } catch (PythonJson.NotJsonException _) { // compared as it stands
            return arguments;
        }
    }

    private static Optional<String> boxed(String text) {
        Optional<String> last = Optional.empty();
        Matcher box = BOXED.matcher(text);
        while (box.find()) {
            String found = box.group(1);
            Optional<String> inside =
                    found.equals("{") ? balanced(text, box.end()) : Optional.of(found);
            last = inside.isPresent() ? inside : last;
        }
        return last;
    }

    /// The text from a place to the brace that closes what was opened before it.
    private static Optional<String> balanced(String text, int from) {
        int depth = 1;
        for (int i = from; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\') {
                i++; // the next letter is no brace of structure
            } else if (letter == '{') {
                depth++;
            } else if (letter == '}' && --depth == 0) {
                return Optional.of(text.substring(from, i));
            }
        }
        return Optional.empty();
    }

    /// The rest of the sentence behind the last announcement.
    private static Optional<String> announced(String text) {
        Matcher mark = ANNOUNCED.matcher(text);
        int end = -1;
        while (mark.find()) {
            end = mark.end();
        }
        if (end < 0) {
            return Optional.empty();
        }
        String rest = text.substring(end).strip();
        rest = rest.startsWith(":") || rest.startsWith("：") ? rest.substring(1).strip() : rest;
        String sentence = SENTENCE_END.split(rest, 2)[0];
        return Optional.of(sentence).filter(found -> !normal(found).value.isEmpty());
    }

    private static Optional<String> choice(String text) {
        String[] lines = text.split("\\n");
        Matcher letter = CHOICE.matcher(plain(lines[lines.length - 1]));
        return letter.matches()
                ? Optional.of(letter.group(1).toUpperCase(Locale.ROOT))
                : Optional.empty();
    }

    private static Optional<AnswerKey> lastNumber(String text) {
        String[] sentences = SENTENCE_END.split(plain(text));
        for (int i = sentences.length - 1; i >= 0; i--) {
            String sentence = sentences[i];
            int equals = Math.max(sentence.lastIndexOf('='), sentence.lastIndexOf('≈'));
            Optional<AnswerKey> number = Quantity.last(sentence.substring(equals + 1));
            if (number.isPresent()) {
                return number;
            }
        }
        return Optional.empty();
    }

    /// What an answer says, written in one way.
    private static AnswerKey normal(String found) {
        String text = plain(found);
        Matcher equation = EQUATION.matcher(text);
        if (equation.matches()) {
            text = equation.group(1);
        }
        Matcher letter = CHOICE.matcher(text);
        if (letter.matches()) {
            return new AnswerKey(letter.group(1).toUpperCase(Locale.ROOT));
        }
        String rest = text;
        return Quantity.whole(rest)
                .orElseGet(
                        () ->
                                new AnswerKey(
                                        rest.toLowerCase(Locale.ROOT)
                                                .substring(
                                                        0,
                                                        Math.min(rest.length(), LONGEST_CHARS))));
    }

    /// Without what only concerns its looks.
    private static String plain(String found) {
        String text = DEGREES.matcher(found).replaceAll(" degrees $1");
        text = Normalizer.normalize(text, Normalizer.Form.NFKC);
        for (String look : LOOKS) {
            text = text.replace(look, "");
        }
        text = WRAPPED.matcher(text).replaceAll("$1");
        text = FRACTION.matcher(text).replaceAll("$1/$2");
        text = text.replace("\\%", "%").replace("\\ ", " ").replace('−', '-').replace('–', '-');
        return text.replaceAll("[ \\t\\x0B\\f\\r]+", " ")
                .replaceAll("^[\\s\"'«“:]+|[\\s\"'»”.,;:!。]+$", "");
    }
}
