package dev.tramontane.chat;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.grammar.Grammar;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the calls of one answer are held to. Everything is compiled when it is made, on the
/// caller's thread.
final class CallPlan {
    /// A token that may stand in the text that opens the thinking.
    private record Opener(int token, String text) {}

    private static final String IDS = "[a-zA-Z0-9]{9}";

    private final ToolUse use;
    private final boolean offered;
    private final boolean mayThink;
    private final String openText;
    private final List<Opener> openers = new ArrayList<>();
    private final CompiledGrammars grammars;
    private final Optional<Grammar> names;
    private final Optional<Grammar> ids;
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
        boolean parts = offered && marks.known() && marks.format() != CallFormat.JSON_LIST;
        this.names = parts ? Optional.of(grammars.choice(names(request))) : Optional.empty();
        boolean nine = parts && marks.format() == CallFormat.NAME_ID_ARGUMENTS;
        this.ids =
                nine
                        ? Optional.of(grammars.of(new ResponseFormat.Regex(IDS), "tools"))
                        : Optional.empty();
        for (int i = 0; parts && i < request.tools().size(); i++) {
            ToolSpec tool = request.tools().get(i);
            if (tool.strict()) {
                arguments.put(
                        tool.name(),
                        grammars.of(
                                new ResponseFormat.JsonSchema(tool.parameters()),
                                "tools[" + i + "].function.parameters"));
            }
        }
        if (mustCall() && mayThink) {
            findOpeners(format, tokenizer);
        }
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
        boolean list = marks.format() == CallFormat.JSON_LIST;
        boolean strict = request.tools().stream().anyMatch(ToolSpec::strict);
        if (strict && (list || !marks.known())) {
            throw new InvalidRequestException(
                    "tools",
                    "found a strict tool, but this model's format writes calls in a way that is not"
                            + " held to schemas here; leave out strict");
        }
        if (list && use.choice() instanceof ToolChoice.Named) {
            throw new InvalidRequestException(
                    "tool_choice",
                    "found a tool's name, but this model's format writes all calls as one list;"
                            + " offer that tool alone and say required");
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
        return request.toolUse().choice() instanceof ToolChoice.Named(String name)
                ? List.of(name)
                : request.tools().stream().map(ToolSpec::name).distinct().toList();
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
        return mustCall() || names.isPresent();
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
