package dev.tramontane.eval.graders.math;

import dev.tramontane.eval.graders.math.Token.Kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts an answer's text, LaTeX or plain, into tokens; what only concerns its looks falls away.
///
/// Commas, points and spaces inside numbers are read as {@link Commas} says.
final class Lexer {
    /// How a comma between digits is read.
    enum Commas {
        /// `1,234` is one number; in brackets a list.
        GROUP,
        /// `100,200` are two numbers.
        SEPARATE,
        /// `3,14` is a decimal fraction, `1.234,5` too.
        DECIMAL
    }

    static final int MOST_TOKENS = 4_000;
    private static final int DEEPEST_TEXT = 20;
    private static final int LONGEST_WRITTEN_OUT = 60;

    private static final String GROUP_MARK = "(?:\\{,}|\\\\,|,?\\\\! ?|[\\u00A0\\u2009\\u202F']| )";
    private static final Pattern GROUPED =
            Pattern.compile("\\d{1,3}(?:" + GROUP_MARK + "\\d{3})+(?!\\d)(?:\\.\\d+)?");
    private static final Pattern COMMA_GROUPED =
            Pattern.compile(
                    "(?:[1-9]\\d{0,2}(?:,(?:\\\\! ?)?\\d{3})+|[1-9]\\d?(?:,\\d{2})+,\\d{3})(?!\\d|,\\d)(?:\\.\\d+)?");
    private static final Pattern POINT_GROUPED =
            Pattern.compile("[1-9]\\d{0,2}(?:\\.\\d{3}){2,}(?![\\d.])");
    private static final Pattern EUROPEAN =
            Pattern.compile("(?:\\d{1,3}(?:\\.\\d{3})+|\\d+),\\d+(?![\\d,])");
    private static final Pattern BRACED_COMMA = Pattern.compile("\\d+\\{,}\\d+(?!\\d)");
    private static final Pattern SCIENTIFIC =
            Pattern.compile("\\d+(?:\\.\\d*)?[eE][+-]?\\d{1,4}(?![\\w.])");
    private static final Pattern REPEATING =
            Pattern.compile("\\d*\\.\\d*(?:\\\\(?:overline|bar)\\s*\\{\\d+}|\\(\\d+\\))");

    /// `0.333…`: a period that is written out twice, of one digit three times.
    private static final Pattern GOES_ON =
            Pattern.compile(
                    "(\\d*\\.\\d*?)(?:(\\d)\\2\\2+|(\\d{2,8}?)\\3+)(?:\\d{0,1})\\s*(?:\\.\\.\\.|…|\\\\[lc]?dots)");

    private static final Pattern DOTTED =
            Pattern.compile("\\d*\\.\\d*\\\\dot\\s*\\{?\\d}?(?:\\d*\\\\dot\\s*\\{?\\d}?)?");
    private static final Pattern NUMBER =
            Pattern.compile("\\d+(?:\\.(?:\\d+|(?![.\\d])))?|\\.\\d+");
    private static final Pattern BARE_LETTER = Pattern.compile("\\s*([A-Z])");
    private static final Pattern ORDINAL =
            Pattern.compile(
                    "(?:st|nd|rd|th)(?![a-zA-Z])|\\^?\\{?\\\\(?:text|mathrm|textsuperscript)\\s*\\{\\s*(?:st|nd|rd|th)\\s*}}?");
    private static final Pattern SPACE = Pattern.compile("(q?quad)([a-zA-Z])");
    private static final Pattern WHOLE_ENVIRONMENT =
            Pattern.compile("\\s*\\{\\s*([a-zA-Z]+)\\*?\\s*}");

    private final String text;
    private final Commas commas;
    private final boolean words;
    private final int depth;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    /// Whether commas that separate have a space behind them.
    private final boolean spacesSeparate;

    private int brackets;
    private boolean spaced;

    private Lexer(String text, Commas commas, boolean words, int depth) {
        this.text = text;
        this.commas = commas;
        this.words = words;
        this.depth = depth;
        this.spacesSeparate = text.contains(", ");
        if (depth > DEEPEST_TEXT) {
            throw new LimitException("text within text, " + depth + " deep");
        }
    }

    static List<Token> tokens(String text, Commas commas) {
        List<Token> tokens = new Lexer(Spelling.plain(text), commas, false, 0).run();
        tokens.add(new Token(Kind.END, "", true));
        return tokens;
    }

    private List<Token> run() {
        while (at < text.length()) {
            if (tokens.size() > MOST_TOKENS) {
                throw new LimitException("more than " + MOST_TOKENS + " tokens");
            }
            char letter = text.charAt(at);
            if (Character.isWhitespace(letter) || letter == '~' || letter == '\u00A0') {
                spaced = true;
                at++;
            } else if (Character.isDigit(letter) || letter == '.' && startsNumber(at + 1)) {
                number();
            } else if (letter == '\\') {
                command();
            } else if (Character.isLetter(letter)) {
                letters();
            } else {
                character(letter);
            }
        }
        return tokens;
    }

    private boolean startsNumber(int from) {
        return from < text.length() && Character.isDigit(text.charAt(from));
    }

    private void add(Kind kind, String piece) {
        tokens.add(new Token(kind, piece, spaced));
        spaced = false;
    }

    private void number() {
        Optional<String> repeating = matched(REPEATING);
        if (repeating.isPresent()) {
            add(
                    Kind.NUMBER,
                    repeating.get().replaceAll("\\\\(?:overline|bar)\\s*\\{(\\d+)}", "($1)"));
            return;
        }
        Matcher goesOn =
                GOES_ON.matcher(text).region(at, Math.min(text.length(), at + LONGEST_WRITTEN_OUT));
        if (goesOn.lookingAt()) {
            at = goesOn.end();
            String period = goesOn.group(2) == null ? goesOn.group(3) : goesOn.group(2);
            add(Kind.NUMBER, goesOn.group(1) + "(" + period + ")");
            return;
        }
        Optional<String> dotted = matched(DOTTED);
        if (dotted.isPresent()) {
            String digits = dotted.get();
            int period = digits.indexOf('\\');
            add(
                    Kind.NUMBER,
                    digits.substring(0, period)
                            + "("
                            + digits.substring(period).replaceAll("\\D", "")
                            + ")");
            return;
        }
        Optional<String> found = matched(SCIENTIFIC);
        if (found.isEmpty() && commas == Commas.DECIMAL) {
            found = matched(EUROPEAN).map(number -> number.replace(".", "").replace(',', '.'));
        }
        if (found.isEmpty() && commas == Commas.GROUP && (brackets == 0 || spacesSeparate)) {
            found = matched(COMMA_GROUPED);
        }
        if (found.isEmpty() && !(commas == Commas.SEPARATE && followsDigits())) {
            found = matched(GROUPED);
        }
        found =
                found.or(() -> matched(POINT_GROUPED).map(number -> number.replace(".", "")))
                        .or(() -> matched(BRACED_COMMA).map(number -> number.replace("{,}", ".")))
                        .or(() -> matched(NUMBER));
        String digits = found.orElseThrow().replaceAll("[^0-9.eE+-]", "");
        add(Kind.NUMBER, digits.startsWith(".") ? "0" + digits : digits);
        if (digits.indexOf('.') < 0) {
            matched(ORDINAL);
        }
    }

    /// Whether the text's next group is set off by a comma alone, which separates.
    private boolean followsDigits() {
        int end = at;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end < text.length() && text.charAt(end) == ',';
    }

    private Optional<String> matched(Pattern pattern) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return Optional.empty();
        }
        at = matcher.end();
        return Optional.of(matcher.group());
    }

    private void command() {
        at++;
        if (at == text.length()) {
            return;
        }
        char next = text.charAt(at);
        if (!(next >= 'a' && next <= 'z' || next >= 'A' && next <= 'Z')) {
            at++;
            switch (next) {
                case '{', '}' -> {
                    brackets += next == '{' ? 1 : -1;
                    add(Kind.SIGN, "\\" + next);
                }
                case '\\' -> add(Kind.SIGN, "\\\\");
                case '%' -> add(Kind.SIGN, "%");
                case '$' -> add(Kind.SIGN, "$");
                case '|' -> add(Kind.SIGN, "‖");
                case '#', '&', '_' -> spaced = true;
                default -> spaced |= next != '!'; // \, \; \: \( \) \[ \] and a space
            }
            return;
        }
        int from = at;
        while (at < text.length()
                && text.charAt(at) < 0x80
                && Character.isLetter(text.charAt(at))) {
            at++;
        }
        String name = text.substring(from, at);
        Matcher space = SPACE.matcher(name);
        if (space.lookingAt()) { // `\quadx` is no command
            at = from + space.end(1);
            name = space.group(1);
        }
        named(name);
    }

    private void named(String name) {
        String sign = Vocabulary.SIGNS.get(name);
        if (sign != null) {
            add(Kind.SIGN, sign);
        } else if (Vocabulary.TEXTS.contains(name)) {
            text();
        } else if (Vocabulary.LETTERINGS.contains(name)) {
            lettering();
        } else if (name.equals("mathbb") || name.equals("Bbb")) {
            Matcher letter = BARE_LETTER.matcher(text).region(at, text.length());
            if (letter.lookingAt()) {
                at = letter.end();
                add(Kind.NAME, "set:" + letter.group(1));
            } else {
                add(Kind.NAME, "set:" + argument().strip());
            }
        } else if (Vocabulary.DROPPED_WITH_ARGUMENT.contains(name)) {
            argument();
        } else if (name.equals("begin") || name.equals("end")) {
            environment(name);
        } else if (Vocabulary.FUNCTIONS.containsKey(name) && !Vocabulary.GREEK.contains(name)) {
            add(Kind.NAME, Vocabulary.FUNCTIONS.get(name));
        } else if (Vocabulary.GREEK.contains(name)) {
            add(Kind.LETTER, name.startsWith("var") ? name.substring(3) : name);
        } else if (name.equals("top") || name.equals("intercal")) {
            add(Kind.LETTER, "T");
        } else if (name.startsWith("not")) {
            add(Kind.SIGN, "not");
        } else if (Vocabulary.LOOKS.contains(name)) {
            if (text.startsWith(".", at) && (name.equals("left") || name.equals("right"))) {
                at++; // an invisible bracket
            }
        } else {
            throw new SyntaxException("\\" + name);
        }
    }

    private void environment(String name) {
        Matcher kind = WHOLE_ENVIRONMENT.matcher(text).region(at, text.length());
        if (!kind.lookingAt()) {
            throw new SyntaxException("\\" + name + " without an environment");
        }
        at = kind.end();
        add(Kind.NAME, name + ":" + kind.group(1));
        if (name.equals("begin") && kind.group(1).matches("array|tabular")) {
            argument(); // the columns
        }
    }

    /// The contents of the braces that follow, and passes them.
    private String argument() {
        int open = at;
        while (open < text.length() && Character.isWhitespace(text.charAt(open))) {
            open++;
        }
        if (open == text.length() || text.charAt(open) != '{') {
            return "";
        }
        int nested = 0;
        for (int i = open; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '\\') {
                i++;
            } else if (letter == '{') {
                nested++;
            } else if (letter == '}' && --nested == 0) {
                at = i + 1;
                return text.substring(open + 1, i);
            }
        }
        throw new SyntaxException("a brace that nothing closes");
    }

    private void inner(boolean asWords) {
        String inside = argument();
        for (Token token : new Lexer(inside, commas, asWords, depth + 1).run()) {
            tokens.add(new Token(token.kind(), token.text(), token.spaced() || spaced));
            spaced = false;
        }
        spaced |= inside.endsWith(" ");
    }

    /// Words, or the name of a function set as text: `\text{lcm}(6, 8)`.
    private void text() {
        int before = at;
        String inside = argument().strip();
        if (Vocabulary.NAMED_IN_TEXT.contains(inside)) {
            add(Kind.NAME, inside);
        } else {
            at = before;
            inner(true);
        }
    }

    private void lettering() {
        int before = at;
        String inside = argument().strip();
        if (inside.isEmpty()) {
            return;
        }
        String function = Vocabulary.FUNCTIONS.get(inside);
        if (inside.length() == 1 && Character.isLetter(inside.charAt(0)) && !Units.isUnit(inside)) {
            add(Kind.LETTER, inside);
        } else if (function != null) {
            add(Kind.NAME, function);
        } else {
            at = before;
            inner(true);
        }
    }

    private void letters() {
        int from = at;
        char first = text.charAt(at);
        int greek = Vocabulary.GREEK_CHARACTERS.indexOf(first);
        if (greek >= 0 && !words) {
            at++;
            add(Kind.LETTER, Vocabulary.GREEK_NAMES.get(greek));
            return;
        }
        while (at < text.length()
                && (Character.isLetter(text.charAt(at))
                        || Character.getType(text.charAt(at)) == Character.NON_SPACING_MARK)) {
            at++;
        }
        String run = text.substring(from, at);
        String sign = Vocabulary.CHARACTERS.get(run);
        if (sign != null) {
            add(Kind.SIGN, sign);
        } else if (words) {
            add(Kind.WORD, run);
        } else {
            LetterRun.add(run, tokens, spaced, endsWord());
            spaced = false;
        }
    }

    /// Whether what follows a run of letters is no part of mathematics.
    private boolean endsWord() {
        return at == text.length() || " .,;:!?'\n".indexOf(text.charAt(at)) >= 0;
    }

    private void character(char letter) {
        String two = text.substring(at, Math.min(at + 2, text.length()));
        at++;
        String sign = Vocabulary.CHARACTERS.get(String.valueOf(letter));
        if (sign != null) {
            add(Kind.SIGN, sign);
            return;
        }
        switch (two) {
            case "<=", ">=", "!=", "==" -> {
                at++;
                add(Kind.SIGN, two.equals("==") ? "=" : two);
                return;
            }
            case "**" -> {
                at++;
                add(Kind.SIGN, "^");
                return;
            }
            case "->", "=>" -> {
                at++;
                add(Kind.SIGN, "→");
                return;
            }
            default -> {}
        }
        switch (letter) {
            case '(', '[' -> brackets++;
            case ')', ']' -> brackets--;
            default -> {}
        }
        switch (letter) {
            case '$', '`', '"', '“', '”', '«', '»', '\u200B', '\u2061', '\u2062' -> spaced = true;
            case '.' -> {} // a full stop, or an invisible bracket
            case '?' -> {}
            default -> add(Kind.SIGN, String.valueOf(letter));
        }
    }
}
