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
}
