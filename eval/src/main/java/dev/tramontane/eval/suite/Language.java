package dev.tramontane.eval.suite;

import java.util.Arrays;
import java.util.Optional;

/// The languages of the suite.
public enum Language {
    ENGLISH("en"),
    FRENCH("fr"),
    GERMAN("de"),
    SPANISH("es"),
    ITALIAN("it"),
    ARABIC("ar"),
    RUSSIAN("ru"),
    CHINESE("zh"),
    JAPANESE("ja");

    private final String code;

    Language(String code) {
        this.code = code;
    }

    /// ISO 639-1.
    public String code() {
        return code;
    }

    /// By its code; empty where it is none of these.
    public static Optional<Language> of(String code) {
        return Arrays.stream(values()).filter(language -> language.code.equals(code)).findFirst();
    }

    /// What stands between two sentences.
    String space() {
        return switch (this) {
            case CHINESE, JAPANESE -> "";
            case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, ARABIC, RUSSIAN -> " ";
        };
    }

    /// What stands between two items of a list.
    String comma() {
        return switch (this) {
            case CHINESE, JAPANESE -> "、";
            case ARABIC -> "، ";
            case ENGLISH, FRENCH, GERMAN, SPANISH, ITALIAN, RUSSIAN -> ", ";
        };
    }

    /// Which form of a noun goes with a count from 0 on, as Unicode's CLDR has the rules: one and
    /// other; in Russian one, few, many; in Arabic one, two, few, many, other; the only one in
    /// Chinese and Japanese.
    int plural(long count) {
        return switch (this) {
            case ENGLISH, GERMAN, SPANISH, ITALIAN -> count == 1 ? 0 : 1;
            case FRENCH -> count < 2 ? 0 : 1;
            case RUSSIAN -> russianPlural(count);
            case ARABIC -> arabicPlural(count);
            case CHINESE, JAPANESE -> 0;
        };
    }

    private static int russianPlural(long count) {
        boolean teen = count % 100 >= 11 && count % 100 <= 14;
        long last = count % 10;
        if (teen || last == 0 || last >= 5) {
            return 2;
        }
        return last == 1 ? 0 : 1;
    }

    private static int arabicPlural(long count) {
        if (count == 1 || count == 2) {
            return (int) count - 1;
        }
        long last = count % 100;
        if (last >= 3 && last <= 10) {
            return 2;
        }
        return last >= 11 ? 3 : 4;
    }
}
