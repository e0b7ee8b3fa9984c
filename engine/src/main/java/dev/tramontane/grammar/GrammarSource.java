package dev.tramontane.grammar;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A grammar as it is written: expressions by the names of their rules, and the rule that a whole
/// text must be. What is wrong with it, or too much of it, is said when it is compiled.
///
/// @param rules by name, in the order written
/// @param root name of the rule that a text is
public record GrammarSource(Map<String, Expression> rules, String root) {
    private static final String ONLY_RULE = "root";

    public GrammarSource {
        rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
    }

    /// A grammar of one rule.
    public static GrammarSource of(Expression text) {
        return new GrammarSource(Map.of(ONLY_RULE, text), ONLY_RULE);
    }
}
