package dev.tramontane.eval.suite;

import java.util.Locale;

/// What somebody wants who does not ask for a problem to be solved: company, to know what nano is,
/// or something that it cannot do.
public enum Intent {
    HELLO(false),
    THANKS(false),
    BYE(false),
    HOW(false),
    NAME(false),
    MAKER(false),
    CAN(false),
    LANGUAGES(false),
    PERSON(false),
    REMEMBER(false),
    BROWSE(false),
    TIME(false),
    JOKE(false),
    CLEVER(false),
    MISTAKES(false),
    LIKE(false),
    PRAISE(false),
    UNCLEAR(false),
    KNOW(true),
    WHO(true),
    WHERE(true),
    WRITE(true),
    CODE(true),
    TRANSLATE(true),
    HEALTH(true),
    LAW(true),
    MONEY(true),
    NEWS(true),
    ADVICE(true),
    PICTURE(true),
    OPINION(true);

    private final boolean declined;

    Intent(boolean declined) {
        this.declined = declined;
    }

    /// Whether the answer says that nano cannot do this, what it can, and who could.
    public boolean isDeclined() {
        return declined;
    }

    /// As it stands in the phrase files.
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
