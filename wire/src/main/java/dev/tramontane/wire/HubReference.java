package dev.tramontane.wire;

import dev.tramontane.engine.ModelName;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model on a hub: `hf:owner/repo`, `hf:owner/repo:Q4_K_M`, `hf:owner/repo:file.gguf`,
/// `hf:owner/repo@revision:Q4_K_M`.
///
/// @param revision a branch, tag or commit; empty for the main branch
/// @param wish a file or a quantisation; empty for the usual one
public record HubReference(
        String owner, String repository, Optional<String> revision, Optional<String> wish) {
    /// What a reference begins with.
    public static final String SCHEME = "hf:";

    private static final Pattern FORM =
            Pattern.compile(
                    "(?<owner>[A-Za-z0-9][\\w.-]{0,95})/(?<repository>[A-Za-z0-9][\\w.-]{0,95})"
                            + "(@(?<revision>[\\w][\\w./-]{0,199}))?(:(?<wish>[\\w][\\w ./+-]{0,299}))?");

    /// @throws IllegalArgumentException when the text is no such reference
    public static HubReference of(String text) {
        String rest = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : "";
        Matcher form = FORM.matcher(rest);
        if (!form.matches() || rest.contains("..")) {
            throw new IllegalArgumentException(
                    text
                            + ": no model on a hub, expected hf:owner/repo or hf:owner/repo:Q4_K_M;"
                            + " copy owner and repo from the model's page");
        }
        return new HubReference(
                form.group("owner"),
                form.group("repository"),
                Optional.ofNullable(form.group("revision")),
                Optional.ofNullable(form.group("wish")));
    }

    /// `owner/repo`.
    public String path() {
        return owner + "/" + repository;
    }

    /// The name in the store, unless another is asked for.
    ///
    /// @param label which of the repository's sets it is
    /// @throws IllegalArgumentException when the hub's name is none of the store's
    public ModelName name(Optional<String> label) {
        return new ModelName(path() + label.map(text -> ":" + text).orElse(""));
    }

    @Override
    public String toString() {
        return SCHEME
                + path()
                + revision.map(text -> "@" + text).orElse("")
                + wish.map(text -> ":" + text).orElse("");
    }
}
