package dev.tramontane.chat;

import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How a generation of the Mistral format writes a conversation. Versions differ in this data, not
/// in classes; {@link InstructTemplate} does the writing.
///
/// @param version as `tekken.json` names it: `v3`, `v7`, `v11`, `v13`, `v15`
/// @param system where system messages go
/// @param tools where the tools are listed, once in a conversation
/// @param calls how an assistant's tool calls are written
/// @param results how a tool's result is written
/// @param chunkJoiner between two texts of one message; two messages are always joined with an
///   empty line
/// @param thinking whose messages may hold thinking, given a vocabulary with the marks for it
/// @param settings whether a settings block follows the tools
public record TemplateRules(
        String version,
        SystemPlace system,
        ToolsPlace tools,
        Calls calls,
        ResultFormat results,
        String chunkJoiner,
        Set<ThinkingPlace> thinking,
        boolean settings) {
    public TemplateRules {
        thinking = Set.copyOf(thinking);
    }

    /// Where system messages go.
    public enum SystemPlace {
        /// All together in front of the last user message's text.
        IN_LAST_USER_MESSAGE,
        /// Each between its own marks, where it stands.
        OWN_BLOCK
    }

    /// Where the tools are listed.
    public enum ToolsPlace {
        BEFORE_FIRST_USER_MESSAGE,
        BEFORE_LAST_USER_MESSAGE
    }

    /// How calls are written.
    ///
    /// @param beside whether a message may hold text and calls together
    /// @param matchedById whether results are matched to calls by id, and put in the calls' order;
    ///   else only counted
    public record Calls(CallFormat format, CallIds ids, boolean beside, boolean matchedById) {}

    /// The text of calls.
    public enum CallFormat {
        /// `[TOOL_CALLS]` and one JSON list of `{"name", "arguments", "id"}`.
        JSON_LIST,
        /// Each call: `[TOOL_CALLS]` name `[CALL_ID]` id `[ARGS]` JSON.
        NAME_ID_ARGUMENTS,
        /// Each call: `[TOOL_CALLS]` name `[ARGS]` JSON.
        NAME_ARGUMENTS
    }

    /// What a call's id may be.
    public enum CallIds {
        /// Nine letters or digits.
        NINE_ALPHANUMERIC,
        /// Anything but the empty text and `null`.
        ANY
    }

    /// The text between `[TOOL_RESULTS]` and `[/TOOL_RESULTS]`.
    public enum ResultFormat {
        /// `{"content": …, "call_id": …}`, the content as JSON where it is JSON.
        JSON_OBJECT,
        /// The call's id, `[TOOL_CONTENT]`, the text.
        ID_AND_TEXT,
        /// The text alone.
        TEXT,
        /// Text and images.
        TEXT_AND_IMAGES
    }

    /// Whose messages may hold thinking.
    public enum ThinkingPlace {
        SYSTEM,
        ASSISTANT
    }

    /// Every version, oldest first.
    public static final List<TemplateRules> ALL =
            List.of(
                    new TemplateRules(
                            "v3",
                            SystemPlace.IN_LAST_USER_MESSAGE,
                            ToolsPlace.BEFORE_LAST_USER_MESSAGE,
                            new Calls(
                                    CallFormat.JSON_LIST, CallIds.NINE_ALPHANUMERIC, false, false),
                            ResultFormat.JSON_OBJECT,
                            "\n\n",
                            Set.of(),
                            false),
                    new TemplateRules(
                            "v7",
                            SystemPlace.OWN_BLOCK,
                            ToolsPlace.BEFORE_LAST_USER_MESSAGE,
                            new Calls(CallFormat.JSON_LIST, CallIds.NINE_ALPHANUMERIC, true, false),
                            ResultFormat.ID_AND_TEXT,
                            "\n\n",
                            Set.of(),
                            false),
                    new TemplateRules(
                            "v11",
                            SystemPlace.OWN_BLOCK,
                            ToolsPlace.BEFORE_LAST_USER_MESSAGE,
                            new Calls(
                                    CallFormat.NAME_ID_ARGUMENTS,
                                    CallIds.NINE_ALPHANUMERIC,
                                    true,
                                    true),
                            ResultFormat.ID_AND_TEXT,
                            "\n\n",
                            Set.of(),
                            false),
                    new TemplateRules(
                            "v13",
                            SystemPlace.OWN_BLOCK,
                            ToolsPlace.BEFORE_FIRST_USER_MESSAGE,
                            new Calls(CallFormat.NAME_ARGUMENTS, CallIds.ANY, true, true),
                            ResultFormat.TEXT,
                            "\n\n",
                            Set.of(ThinkingPlace.SYSTEM, ThinkingPlace.ASSISTANT),
                            false),
                    new TemplateRules(
                            "v15",
                            SystemPlace.OWN_BLOCK,
                            ToolsPlace.BEFORE_FIRST_USER_MESSAGE,
                            new Calls(CallFormat.NAME_ARGUMENTS, CallIds.ANY, true, true),
                            ResultFormat.TEXT_AND_IMAGES,
                            "",
                            Set.of(ThinkingPlace.ASSISTANT),
                            true));

    /// The rules of a version.
    ///
    /// @throws IllegalArgumentException when there is no such version
    public static TemplateRules of(String version) {
        for (TemplateRules rules : ALL) {
            if (rules.version.equals(version)) {
                return rules;
            }
        }
        throw new IllegalArgumentException(
                "the template version is "
                        + version
                        + ", expected one of "
                        + ALL.stream().map(TemplateRules::version).toList()
                        + "; choose the newest the model knows");
    }

    /// The rules a vocabulary speaks of, for files that do not say (GGUF): each version brought
    /// marks of its own. Where marks leave two versions possible the file's chat template, often a
    /// stranger's work, only breaks the tie. Empty for a vocabulary without instruct marks.
    ///
    /// @param chatTemplate the file's own template, such as `tokenizer.chat_template`
    public static Optional<TemplateRules> infer(
            Tokenizer tokenizer, Optional<String> chatTemplate) {
        if (!knows(tokenizer, SpecialToken.INST, SpecialToken.END_INST)) {
            return Optional.empty();
        }
        return Optional.of(of(inferVersion(tokenizer, chatTemplate.orElse(""))));
    }

    private static String inferVersion(Tokenizer tokenizer, String template) {
        if (knows(tokenizer, SpecialToken.MODEL_SETTINGS, SpecialToken.END_MODEL_SETTINGS)) {
            return "v15";
        }
        if (knows(tokenizer, SpecialToken.ARGS)) {
            boolean thinks = knows(tokenizer, SpecialToken.THINK, SpecialToken.END_THINK);
            boolean writesCallIds = template.contains(SpecialToken.CALL_ID.spelling());
            boolean writesCalls = template.contains(SpecialToken.ARGS.spelling());
            boolean idsKnown = knows(tokenizer, SpecialToken.CALL_ID);
            return thinks || !idsKnown || (writesCalls && !writesCallIds) ? "v13" : "v11";
        }
        boolean systemBlocks =
                knows(tokenizer, SpecialToken.SYSTEM_PROMPT, SpecialToken.END_SYSTEM_PROMPT);
        boolean writesSystemBlocks =
                template.isEmpty() || template.contains(SpecialToken.SYSTEM_PROMPT.spelling());
        return systemBlocks && writesSystemBlocks ? "v7" : "v3";
    }

    private static boolean knows(Tokenizer tokenizer, SpecialToken... marks) {
        for (SpecialToken mark : marks) {
            if (tokenizer.special(mark).isEmpty()) {
                return false;
            }
        }
        return true;
    }
}
