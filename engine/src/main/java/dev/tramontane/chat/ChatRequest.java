package dev.tramontane.chat;

import dev.tramontane.sampling.SamplingParams;

import java.util.List;
import java.util.Optional;

/// A conversation and how to continue it.
///
/// @param messages at least one
/// @param tools what the model may call
/// @param toolUse whether it must, and how often it may
/// @param sampling how tokens are chosen, and how many at most, thinking and answer together; empty
///   for the model's own defaults
/// @param thinking whether and how much to think
/// @param defaultSystemPrompt whether the model's own system prompt is put in front when the
///   conversation has none. An API's `prompt_mode` has three states: absent and `"reasoning"` say
///   yes, `null` says no
/// @param stop texts that end the answer; none of them appears in it
/// @param format what form the answer has
/// @param control how the answer is watched over
/// @param client on whose behalf it is asked
public record ChatRequest(
        List<Message> messages,
        List<ToolSpec> tools,
        ToolUse toolUse,
        Optional<SamplingParams> sampling,
        Thinking thinking,
        boolean defaultSystemPrompt,
        List<String> stop,
        ResponseFormat format,
        Control control,
        Client client) {
    public ChatRequest {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
        stop = List.copyOf(stop);
    }

    /// One question, everything else as the model has it.
    public static ChatRequest of(String question) {
        return of(List.of(new Message.UserMessage(question)));
    }

    /// A conversation, everything else as the model has it.
    public static ChatRequest of(List<Message> messages) {
        return new ChatRequest(
                messages,
                List.of(),
                ToolUse.FREE,
                Optional.empty(),
                Thinking.DEFAULT,
                true,
                List.of(),
                ResponseFormat.TEXT,
                Control.STANDARD,
                Client.ANYBODY);
    }

    public ChatRequest withMessages(List<Message> others) {
        return new ChatRequest(
                others,
                tools,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                control,
                client);
    }

    public ChatRequest withTools(List<ToolSpec> specs) {
        return new ChatRequest(
                messages,
                specs,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                control,
                client);
    }

    public ChatRequest withToolUse(ToolUse use) {
        return new ChatRequest(
                messages,
                tools,
                use,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                control,
                client);
    }

    public ChatRequest withSampling(SamplingParams params) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                Optional.of(params),
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                control,
                client);
    }

    public ChatRequest withThinking(Thinking wish) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                sampling,
                wish,
                defaultSystemPrompt,
                stop,
                format,
                control,
                client);
    }

    public ChatRequest withDefaultSystemPrompt(boolean wanted) {
        return new ChatRequest(
                messages, tools, toolUse, sampling, thinking, wanted, stop, format, control,
                client);
    }

    public ChatRequest withStop(List<String> texts) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                texts,
                format,
                control,
                client);
    }

    public ChatRequest withFormat(ResponseFormat form) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                form,
                control,
                client);
    }

    public ChatRequest withControl(Control other) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                other,
                client);
    }

    public ChatRequest withClient(Client other) {
        return new ChatRequest(
                messages,
                tools,
                toolUse,
                sampling,
                thinking,
                defaultSystemPrompt,
                stop,
                format,
                control,
                other);
    }
}
