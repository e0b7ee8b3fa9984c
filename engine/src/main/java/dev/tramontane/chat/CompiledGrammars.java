package dev.tramontane.chat;

import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.ThinkingMarks;
import dev.tramontane.grammar.TokenTrie;
import dev.tramontane.grammar.schema.JsonSchema;
import dev.tramontane.sampling.Phases;
import dev.tramontane.tokenizer.Tokenizer;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The grammars of formats and tools that one model was asked for lately, compiled once. For any
/// number of threads: it compiles on the caller's, and nobody waits for another's.
final class CompiledGrammars {
    /// Grammars that are kept.
    private static final int MOST = 32;

    private final Tokenizer tokenizer;

    /// What a grammar is kept by. Equal schemas may list their properties in another order, which
    /// the grammar keeps to: their texts count as well.
    ///
    /// @param asked the format or list of calls
    private record Key(Object asked, List<String> schemas) {}

    /// The one asked for last stands last.
    private final LinkedHashMap<Key, Grammar> kept = new LinkedHashMap<>();

    private @Nullable TokenTrie trie;

    CompiledGrammars(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// The grammar of a format; empty for free text.
    ///
    /// @throws InvalidRequestException when it is malformed, too much, or asks for what is not
    ///   supported
    Optional<Grammar> of(ResponseFormat format) {
        return switch (format) {
            case ResponseFormat.Text _ -> Optional.empty();
            case ResponseFormat.JsonObject _ -> Optional.of(of(format, "response_format"));
            case ResponseFormat.JsonSchema _ ->
                    Optional.of(of(format, "response_format.json_schema.schema"));
            case ResponseFormat.Regex _ -> Optional.of(of(format, "response_format.regex"));
            case ResponseFormat.Choice _ -> Optional.of(of(format, "response_format.choice"));
            case ResponseFormat.Grammar _ -> Optional.of(of(format, "response_format.grammar"));
        };
    }

    /// One of these texts.
    Grammar choice(List<String> texts) {
        return of(new ResponseFormat.Choice(texts), "tools");
    }

    /// The grammar of a format other than free text.
    ///
    /// @param parameter what is at fault where it cannot be compiled
    Grammar of(ResponseFormat format, String parameter) {
        List<String> schemas =
                format instanceof ResponseFormat.JsonSchema(var schema)
                        ? List.of(schema.toString())
                        : List.of();
        return of(new Key(format, schemas), () -> compile(format), parameter);
    }

    /// The grammar of calls as one list.
    Grammar of(CallList calls) {
        List<String> schemas =
                calls.tools().stream()
                        .map(offered -> offered.tool().parameters().toString())
                        .toList();
        return of(new Key(calls, schemas), () -> Grammar.compile(calls.grammar()), "tools");
    }

    private Grammar of(Key key, Supplier<Grammar> compiled, String parameter) {
        synchronized (kept) {
            Grammar known = kept.get(key);
            if (known != null) {
                kept.putLast(key, known);
                return known;
            }
        }
        try {
            Grammar made = compiled.get();
            synchronized (kept) {
                kept.putLast(key, made);
                if (kept.size() > MOST) {
                    kept.pollFirstEntry();
                }
            }
            return made;
        } catch (InvalidGrammarException refused) {
            throw new InvalidRequestException(parameter, String.valueOf(refused.getMessage()));
        }
    }

    private static Grammar compile(ResponseFormat format) {
        return switch (format) {
            case ResponseFormat.Text _ ->
                    throw new IllegalArgumentException("free text has no grammar");
            case ResponseFormat.JsonObject _ -> Grammar.jsonObject();
            case ResponseFormat.JsonSchema(var schema) ->
                    Grammar.compile(JsonSchema.of(schema).grammar());
            case ResponseFormat.Regex(String pattern) -> Grammar.regex(pattern);
            case ResponseFormat.Choice(List<String> texts) -> Grammar.choice(texts);
            case ResponseFormat.Grammar(String source) -> Grammar.parse(source);
        };
    }

    /// Computes masks ahead, on the request's thread: what is asked for first in the middle of a
    /// step would keep all sequences waiting.
    void prepare(Grammar grammar) {
        var _ = mask(grammar);
    }

    /// A mask over a stretch of its own.
    GrammarMask mask(Grammar grammar) {
        return GrammarMask.of(grammar, trie());
    }

    /// A mask over an answer.
    GrammarMask mask(Grammar grammar, Phases phases, ThinkingMarks marks) {
        return GrammarMask.of(grammar, trie(), phases, marks);
    }

    /// The vocabulary's bytes, made when they are first needed.
    private synchronized TokenTrie trie() {
        TokenTrie made = trie;
        if (made == null) {
            made = TokenTrie.of(tokenizer);
            trie = made;
        }
        return made;
    }
}
