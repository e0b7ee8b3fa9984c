package dev.tramontane.engine;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// A model's name in the store: `magistral-small`, `owner/repo` or `owner/repo:Q4_K_M`.
///
/// A name says nothing about folders: its parts hold letters, digits, dots, hyphens and underscores
/// alone, so no spelling of it leaves the store on any system. Names that differ in the case of
/// letters are one name, because some file systems cannot tell them apart.
///
/// @param text as it was written first
public record ModelName(String text) {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}");

    /// Names that Windows gives to devices, in every folder and with every ending.
    private static final Pattern DEVICE =
            Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

    /// Names that mean a model outside the store.
    private static final Set<String> TAKEN = Set.of("nano");

    private static final String OWNER_MARK = "--";
    private static final String TAG_MARK = "@";

    /// @throws IllegalArgumentException when the text is no such name
    public ModelName {
        String problem = problem(text);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: %s; a model's name is like magistral-small, owner/repo or owner/repo:Q4_K_M"
                            .formatted(printable(text), problem));
        }
    }

    /// Whether a text is a name at all.
    public static boolean isName(String text) {
        return problem(text).isEmpty();
    }

    private static String problem(String text) {
        int colon = text.indexOf(':');
        String repository = colon < 0 ? text : text.substring(0, colon);
        int slash = repository.indexOf('/');
        if (TAKEN.contains(text.toLowerCase(Locale.ROOT))) {
            return "the name of the embedded model";
        }
        String owner = slash < 0 ? "" : repository.substring(0, slash);
        String problem = slash < 0 ? "" : problemOfPart(owner);
        if (problem.isEmpty()) {
            problem = problemOfPart(repository.substring(slash + 1));
        }
        return problem.isEmpty() && colon >= 0 ? problemOfPart(text.substring(colon + 1)) : problem;
    }

    private static String problemOfPart(String part) {
        if (!PART.matcher(part).matches()) {
            return "no name of a model (letters, digits, '.', '-' and '_', a letter or digit first,"
                    + " at most 96 in each part)";
        }
        if (part.contains(OWNER_MARK) || part.contains("..") || part.endsWith(".")) {
            return "a name may hold neither '--' nor '..', nor end in a dot";
        }
        return isDevice(part) ? "a name that Windows gives to a device" : "";
    }

    static boolean isDevice(String name) {
        return DEVICE.matcher(name).matches();
    }

    /// The name of the folder below the store.
    String folder() {
        return text.toLowerCase(Locale.ROOT).replace("/", OWNER_MARK).replace(":", TAG_MARK);
    }

    /// The name that a folder stands for, in small letters.
    ///
    /// @throws IllegalArgumentException when it stands for none
    static ModelName ofFolder(String folder) {
        return new ModelName(folder.replace(OWNER_MARK, "/").replace(TAG_MARK, ":"));
    }

    /// The name without owner and tag, for a folder that people see.
    String plain() {
        String repository = withoutTag();
        return repository.substring(repository.indexOf('/') + 1);
    }

    /// The name up to its colon.
    public String withoutTag() {
        int colon = text.indexOf(':');
        return colon < 0 ? text : text.substring(0, colon);
    }

    /// Whether two spellings mean one model.
    public boolean isSameAs(ModelName other) {
        return folder().equals(other.folder());
    }

    @Override
    public String toString() {
        return text;
    }

    private static String printable(String text) {
        var shown = new StringBuilder();
        text.chars()
                .limit(80)
                .forEach(c -> shown.append(c < ' ' || c == 127 ? '\uFFFD' : (char) c));
        return text.length() > 80 ? shown + "…" : shown.toString();
    }
}
