package dev.tramontane.jinja;

import java.util.ArrayList;
import java.util.List;

/// What a template wrote.
public final class Rendered {
    private final Text text;

    Rendered(Text text) {
        this.text = text;
    }

    /// The whole text.
    public String text() {
        return text.chars();
    }

    /// A stretch of one origin.
    ///
    /// @param own whether the template itself wrote it, rather than copying it from what it was
    ///   given
    public record Run(String text, boolean own) {}

    /// The whole text in its stretches, own and given ones in turns.
    public List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        int at = 0;
        boolean own = true;
        for (int border : text.borders()) {
            if (border > at) {
                runs.add(new Run(text.chars().substring(at, border), own));
            }
            at = border;
            own = !own;
        }
        if (at < text.length()) {
            runs.add(new Run(text.chars().substring(at), own));
        }
        return runs;
    }

    /// Whether the template itself wrote all characters in `from .. to`, rather than copying them
    /// from what it was given.
    public boolean isOwn(int from, int to) {
        return text.isOwn(from, to);
    }
}
