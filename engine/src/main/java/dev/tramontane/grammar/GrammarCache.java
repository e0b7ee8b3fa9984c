package dev.tramontane.grammar;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Compiled grammars by what they were compiled from, within a number of bytes; those used longest
/// ago go first. In memory alone. Any thread may ask.
public final class GrammarCache {
    /// What states of texts and masks of a vocabulary may take for one grammar, at most.
    private static final long BYTES_AT_WORK = 16 << 20;

    private final long bytes;
    private final Map<String, Grammar> grammars = new LinkedHashMap<>(16, 0.75f, true);
    private long used;

    /// @param bytes that grammars may take together, reckoned at their most; one always stays
    public GrammarCache(long bytes) {
        this.bytes = bytes;
    }

    /// The grammar of a source. It is compiled on the calling thread, and others wait for nothing.
    ///
    /// @param key kind and text of the source
    /// @param compiled makes it where it is not there; what it throws is thrown, and nothing is
    ///   kept
    public Grammar get(String key, Supplier<Grammar> compiled) {
        synchronized (grammars) {
            Grammar known = grammars.get(key);
            if (known != null) {
                return known;
            }
        }
        Grammar made = compiled.get();
        synchronized (grammars) {
            Grammar twin = grammars.putIfAbsent(key, made);
            if (twin != null) {
                return twin;
            }
            used += weight(key, made);
            shrink();
            return made;
        }
    }

    private void shrink() {
        Iterator<Map.Entry<String, Grammar>> oldest = grammars.entrySet().iterator();
        while (used > bytes && grammars.size() > 1) {
            Map.Entry<String, Grammar> entry = oldest.next();
            used -= weight(entry.getKey(), entry.getValue());
            oldest.remove();
        }
    }

    private static long weight(String key, Grammar grammar) {
        return 2L * key.length() + grammar.bytes() + BYTES_AT_WORK;
    }

    /// How many grammars it holds.
    public int size() {
        synchronized (grammars) {
            return grammars.size();
        }
    }
}
