package dev.tramontane.chat;

import dev.tramontane.chat.InstructTemplate.Mode;
import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.chat.TemplateRules.CallIds;
import dev.tramontane.chat.TemplateRules.ResultFormat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Refuses conversations that a version of the format cannot write, or that the models have never
/// seen. What passes here is what the reference library lets pass.
final class RequestCheck {
    /// As Python's `$`, which a final line break does not trouble.
    private static final Pattern NAME =
            Pattern.compile("^[a-zA-Z0-9_-]{1,64}$", Pattern.UNIX_LINES);

    private static final Pattern NINE_ALPHANUMERIC =
            Pattern.compile("^[a-zA-Z0-9]{9}$", Pattern.UNIX_LINES);

    /// How the reference spells an absent call id.
    private static final String NO_ID = "null";

    private final TemplateRules rules;
    private final Mode mode;

    RequestCheck(TemplateRules rules, Mode mode) {
        this.rules = rules;
        this.mode = mode;
    }

    void check(List<Message> messages, List<ToolSpec> tools) {
        if (messages.isEmpty()) {
            throw refusal("messages", "empty, expected one message at least; add the question");
        }
        checkEnds(messages);
        checkOrder(messages);
        if (rules.calls().matchedById()) {
            checkResultsById(messages);
        } else {
            checkResultsByCount(messages);
        }
        for (int i = 0; i < messages.size(); i++) {
            checkMessage(messages.get(i), "messages[" + i + "]", i == messages.size() - 1);
        }
        for (int i = 0; i < tools.size(); i++) {
            checkTool(tools.get(i), "tools[" + i + "].function");
        }
    }

    /// The start's role matters only where it is also the end.
    private static void checkEnds(List<Message> messages) {
        Message last = messages.getLast();
        int at = messages.size() - 1;
        boolean alone = at == 0;
        switch (last) {
            case UserMessage _, SystemMessage _ -> {}
            case ToolMessage _ -> {
                if (alone) {
                    throw unexpectedRole(0, "tool", "user or system");
                }
            }
            case AssistantMessage message -> {
                if (alone) {
                    throw unexpectedRole(0, "assistant", "user or system");
                }
                if (!message.prefix()) {
                    throw unexpectedRole(at, "assistant", "user or tool last, or a prefix");
                }
            }
        }
    }

    private static void checkOrder(List<Message> messages) {
        for (int i = 1; i < messages.size(); i++) {
            Message message = messages.get(i);
            boolean fits =
                    switch (messages.get(i - 1)) {
                        case SystemMessage _, UserMessage _ -> !(message instanceof ToolMessage);
                        case AssistantMessage _, ToolMessage _ ->
                                !(message instanceof SystemMessage);
                    };
            if (!fits) {
                throw unexpectedRole(
                        i,
                        role(message),
                        "another role after " + role(messages.get(i - 1)) + "; reorder");
            }
        }
    }

    /// The first message's calls are not counted, as in the reference.
    private void checkResultsByCount(List<Message> messages) {
        int missing = 0;
        for (int i = 1; i < messages.size(); i++) {
            switch (messages.get(i)) {
                case ToolMessage _ -> missing--;
                case AssistantMessage message -> {
                    if (missing != 0) {
                        throw unequalResults(i);
                    }
                    missing = message.toolCalls().size();
                }
                case SystemMessage _, UserMessage _ -> {}
            }
        }
        if (missing != 0 && mode == Mode.SERVING) {
            throw unequalResults(messages.size() - 1);
        }
    }

    private void checkResultsById(List<Message> messages) {
        Set<String> called = new HashSet<>();
        Set<String> answered = new HashSet<>();
        for (int i = 1; i < messages.size(); i++) {
            switch (messages.get(i)) {
                case ToolMessage message -> {
                    String id = message.callId().orElse("");
                    if (!called.contains(id) || !answered.add(id)) {
                        throw refusal(
                                "messages[" + i + "].tool_call_id",
                                "found '"
                                        + id
                                        + "', expected the id of a call above that has no result"
                                        + " yet; give each call one result");
                    }
                }
                case AssistantMessage message -> {
                    if (called.size() != answered.size()) {
                        throw unequalResults(i);
                    }
                    called.clear();
                    answered.clear();
                    List<ToolCall> calls = message.toolCalls();
                    for (int k = 0; k < calls.size(); k++) {
                        if (!called.add(calls.get(k).id().orElse(NO_ID))) {
                            throw refusal(
                                    "messages[" + i + "].tool_calls[" + k + "].id",
                                    "found a call with the same id before it, expected ids that"
                                            + " differ; rename one");
                        }
                    }
                }
                case SystemMessage _, UserMessage _ -> {}
            }
        }
        if (called.size() != answered.size() && mode == Mode.SERVING) {
            throw unequalResults(messages.size() - 1);
        }
    }

    private void checkMessage(Message message, String path, boolean last) {
        List<Chunk> content = message.content();
        for (int i = 0; i < content.size(); i++) {
            checkChunk(message, content.get(i), path + ".content[" + i + "]");
        }
        switch (message) {
            case SystemMessage _, UserMessage _ -> {}
            case ToolMessage result -> checkResult(result, path);
            case AssistantMessage answer -> checkAssistant(answer, path, last);
        }
    }

    private void checkChunk(Message message, Chunk chunk, String path) {
        boolean fits =
                switch (chunk) {
                    case Chunk.TextChunk _ -> true;
                    case Chunk.ThinkChunk _ ->
                            switch (message) {
                                case SystemMessage _ ->
                                        rules.thinking()
                                                .contains(TemplateRules.ThinkingPlace.SYSTEM);
                                case AssistantMessage _ ->
                                        rules.thinking()
                                                .contains(TemplateRules.ThinkingPlace.ASSISTANT);
                                case UserMessage _, ToolMessage _ -> false;
                            };
                    case Chunk.ImageChunk _ ->
                            switch (message) {
                                case UserMessage _ -> true;
                                case ToolMessage _ ->
                                        rules.results() == ResultFormat.TEXT_AND_IMAGES;
                                case SystemMessage _, AssistantMessage _ -> false;
                            };
                };
        if (!fits) {
            String found = chunk instanceof Chunk.ImageChunk ? "an image" : "thinking";
            throw refusal(
                    path,
                    "found "
                            + found
                            + ", which a "
                            + role(message)
                            + " message of format "
                            + rules.version()
                            + " cannot hold; send it as text or leave it out");
        }
    }

    private void checkResult(ToolMessage result, String path) {
        result.name().ifPresent(name -> checkName(name, path + ".name"));
        checkCallId(result.callId(), path + ".tool_call_id");
    }

    private void checkAssistant(AssistantMessage answer, String path, boolean last) {
        boolean speaks = !answer.content().isEmpty();
        boolean calls = !answer.toolCalls().isEmpty();
        if (!rules.calls().beside() && speaks == calls) {
            throw refusal(
                    path,
                    "found "
                            + (speaks ? "content and tool calls" : "neither content nor tool calls")
                            + ", expected one of the two; split or fill the message");
        }
        for (int i = 0; i < answer.toolCalls().size(); i++) {
            ToolCall call = answer.toolCalls().get(i);
            String at = path + ".tool_calls[" + i + "]";
            checkCallId(call.id(), at + ".id");
            checkName(call.name(), at + ".function.name");
        }
        if (answer.prefix() && !last) {
            throw refusal(
                    path + ".prefix",
                    "true on a message that is not the last, expected it there only; remove it");
        }
    }

    private void checkCallId(Optional<String> id, String path) {
        String found = id.orElse(NO_ID);
        boolean fits =
                switch (rules.calls().ids()) {
                    case NINE_ALPHANUMERIC -> NINE_ALPHANUMERIC.matcher(found).find();
                    case ANY -> !found.isEmpty() && !found.equals(NO_ID);
                };
        if (!fits) {
            boolean nine = rules.calls().ids() == CallIds.NINE_ALPHANUMERIC;
            throw refusal(
                    path,
                    "found '"
                            + found
                            + "', expected "
                            + (nine ? "nine letters or digits" : "a text that is not 'null'")
                            + "; use the id the call was given");
        }
    }

    private static void checkTool(ToolSpec tool, String path) {
        checkName(tool.name(), path + ".name");
        if (!tool.parameters().isObject()) {
            throw refusal(path + ".parameters", "not an object, expected a JSON Schema");
        }
        SchemaCheck.fault(tool.parameters(), path + ".parameters")
                .ifPresent(
                        fault -> {
                            throw refusal(
                                    path + ".parameters",
                                    "no JSON Schema (draft 7): " + fault + "; correct it");
                        });
    }

    private static void checkName(String name, String path) {
        if (!NAME.matcher(name).find()) {
            throw refusal(
                    path,
                    "found '" + name + "', expected 1 to 64 letters, digits, _ or -; rename it");
        }
    }

    private static String role(Message message) {
        return switch (message) {
            case SystemMessage _ -> "system";
            case UserMessage _ -> "user";
            case AssistantMessage _ -> "assistant";
            case ToolMessage _ -> "tool";
        };
    }

    private static InvalidRequestException unexpectedRole(int at, String found, String expected) {
        return refusal("messages[" + at + "].role", "found " + found + ", expected " + expected);
    }

    private static InvalidRequestException unequalResults(int at) {
        return refusal(
                "messages[" + at + "]",
                "the calls above and their results differ in number, expected one result for each"
                        + " call; add or remove tool messages");
    }

    private static InvalidRequestException refusal(String path, String message) {
        return new InvalidRequestException(path, message);
    }
}
