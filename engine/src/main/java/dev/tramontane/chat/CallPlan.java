package dev.tramontane.chat;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the calls of one answer are held to. Everything is compiled when it is made, on the
/// caller's thread.
final class CallPlan {
    /// A token that may stand in the text that opens the thinking.
    private record Opener(int token, String text) {}

    /// Tools for whose arguments masks are computed before the answer begins.
    private static final int MOST_PREPARED = 8;

    private final ToolUse use;
    private final boolean offered;
    private final boolean mayThink;
    private final String openText;
    private final List<Opener> openers = new ArrayList<>();
    private final CompiledGrammars grammars;
    private final Optional<Grammar> names;
    private final Optional<Grammar> ids;
    private final Optional<Grammar> list;
    private final Map<String, Grammar> arguments = new HashMap<>();

    /// @param marks what calls are made of
    /// @param prompt how the answer marks its thinking
    CallPlan(
            ChatRequest request,
            Dialect.Prompt prompt,
            CallMarks marks,
            Tokenizer tokenizer,
            CompiledGrammars grammars) {
        this.use = request.toolUse();
        this.offered = !request.tools().isEmpty();
        this.grammars = grammars;
        ThinkingFormat format = prompt.thinking();
        this.mayThink = format.thinks() && !prompt.forbidsThinking();
        this.openText = format.marks() == ThinkingFormat.Marks.TEXT ? format.open() : "";
        check(request, marks);
        boolean isList = marks.format() == CallFormat.JSON_LIST;
        boolean parts = offered && marks.known() && !isList;
        this.list =
                offered && marks.known() && isList
                        ? Optional.of(grammars.of(new CallList(callable(request), parallel())))
                        : Optional.empty();
        this.names = parts ? Optional.of(grammars.choice(names(request))) : Optional.empty();
        boolean nine = parts && marks.format() == CallFormat.NAME_ID_ARGUMENTS;
        this.ids =
                nine
                        ? Optional.of(
                                grammars.of(new ResponseFormat.Regex(CallIds.PATTERN), "tools"))
                        : Optional.empty();
        for (CallList.Offered offered : parts ? callable(request) : List.<CallList.Offered>of()) {
            ToolSpec tool = offered.tool();
            if (tool.strict()) {
                var schema = new ResponseFormat.JsonSchema(CallList.objectsOf(tool.parameters()));
                arguments.put(tool.name(), grammars.of(schema, offered.parameters()));
            }
        }
        if (mustCall() && mayThink) {
            findOpeners(format, tokenizer);
        }
        Stream.of(list, names, ids).flatMap(Optional::stream).forEach(grammars::prepare);
        arguments.values().stream().limit(MOST_PREPARED).forEach(grammars::prepare);
    }

    /// Refuses what cannot be kept.
    private void check(ChatRequest request, CallMarks marks) {
        switch (use.choice()) {
            case ToolChoice.Auto _, ToolChoice.None _ -> {}
            case ToolChoice.Required _ -> checkForced(offered, "required", marks);
            case ToolChoice.Named(String name) -> {
                boolean known = request.tools().stream().anyMatch(tool -> tool.name().equals(name));
                checkForced(known, "the tool " + name, marks);
            }
        }
        boolean strict = request.tools().stream().anyMatch(ToolSpec::strict);
        if (strict && !marks.known()) {
            throw new InvalidRequestException(
                    "tools",
                    "found a strict tool, but this model's format writes calls in a way that is not"
                            + " held to schemas here; leave out strict");
        }
    }

    private static void checkForced(boolean offered, String found, CallMarks marks) {
        if (!offered) {
            throw new InvalidRequestException(
                    "tool_choice",
                    "found " + found + ", expected it among the tools; add the tool or say auto");
        }
        if (!marks.known()) {
            throw new InvalidRequestException(
                    "tool_choice",
                    "found "
                            + found
                            + ", but this model's vocabulary has no mark that begins a call; say"
                            + " auto");
        }
    }

    private static List<String> names(ChatRequest request) {
        return callable(request).stream().map(offered -> offered.tool().name()).toList();
    }

    /// The tools that may be called, of those with one name the first.
    private static List<CallList.Offered> callable(ChatRequest request) {
        Map<String, CallList.Offered> byName = new LinkedHashMap<>();
        for (int i = 0; i < request.tools().size(); i++) {
            ToolSpec tool = request.tools().get(i);
            boolean isMeant =
                    !(request.toolUse().choice() instanceof ToolChoice.Named(String name))
                            || tool.name().equals(name);
            if (isMeant) {
                byName.putIfAbsent(tool.name(), new CallList.Offered(i, tool));
            }
        }
        return List.copyOf(byName.values());
    }

    private void findOpeners(ThinkingFormat format, Tokenizer tokenizer) {
        if (openText.isEmpty()) {
            tokenizer.special(format.open()).ifPresent(open -> openers.add(new Opener(open, "")));
            return;
        }
        for (int token = 0; token < tokenizer.vocab(); token++) {
            String text = new String(tokenizer.bytesOf(token), StandardCharsets.ISO_8859_1);
            if (!text.isEmpty() && (openText.contains(text) || text.startsWith(openText))) {
                openers.add(new Opener(token, text));
            }
        }
    }

    /// Whether the answer is a call, whatever the model wants.
    boolean mustCall() {
        return switch (use.choice()) {
            case ToolChoice.Auto _, ToolChoice.None _ -> false;
            case ToolChoice.Required _, ToolChoice.Named _ -> true;
        };
    }

    /// Whether the answer may be a call.
    boolean mayCall() {
        return offered && !(use.choice() instanceof ToolChoice.None);
    }

    /// Whether there is anything to hold calls to.
    boolean binds() {
        return mustCall() || names.isPresent() || list.isPresent();
    }

    boolean mayThink() {
        return mayThink;
    }

    boolean parallel() {
        return use.parallel() && !(use.choice() instanceof ToolChoice.Named);
    }

    /// Allows what opens the thinking.
    ///
    /// @param begun what has come of the text that opens it
    void addOpeners(String begun, BitSet allowed) {
        String held = begun.stripLeading();
        for (Opener opener : openers) {
            String text = held + opener.text;
            if (openText.startsWith(text) || text.startsWith(openText)) {
                allowed.set(opener.token);
            }
        }
    }

    /// What all calls are held to in a format that writes them as one list.
    Optional<GrammarMask> list() {
        return list.map(grammars::mask);
    }

    /// What a call's name is held to.
    Optional<GrammarMask> names() {
        return names.map(grammars::mask);
    }

    /// What a call's id is held to.
    Optional<GrammarMask> ids() {
        return ids.map(grammars::mask);
    }

    /// What a tool's arguments are held to; empty for one that is not strict.
    Optional<GrammarMask> arguments(String tool) {
        return Optional.ofNullable(arguments.get(tool)).map(grammars::mask);
    }
}
