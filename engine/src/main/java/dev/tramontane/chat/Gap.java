package dev.tramontane.chat;

import java.util.List;

/// A place in a text that a model is to fill.
///
/// @param before the text in front of it
/// @param behind the text that follows; empty for none
/// @param passages what else the model may know, such as parts of other files, the most important
///   last
public record Gap(String before, String behind, List<Passage> passages) {
    /// A piece of another text.
    ///
    /// @param name of that text, such as a file's path
    public record Passage(String name, String text) {}

    public Gap {
        passages = List.copyOf(passages);
    }

    /// With nothing but the two texts around it.
    public Gap(String before, String behind) {
        this(before, behind, List.of());
    }
}
