package dev.tramontane.chat;

import dev.tramontane.sampling.SamplingParams;

import java.util.List;
import java.util.Optional;

/// A conversation and how to continue it.
///
/// @param messages at least one
/// @param tools what the model may call
/// @param sampling how tokens are chosen; empty for the model's own defaults
/// @param thinking whether and how much to think
/// @param defaultSystemPrompt whether the model's own system prompt is put in front when the
///   conversation has none (`prompt_mode: null` says no)
/// @param stop texts that end the answer; none of them appears in it
public record ChatRequest(
        List<Message> messages,
        List<ToolSpec> tools,
        Optional<SamplingParams> sampling,
        Thinking thinking,
        boolean defaultSystemPrompt,
        List<String> stop) {
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
                messages, List.of(), Optional.empty(), Thinking.DEFAULT, true, List.of());
    }

    public ChatRequest withMessages(List<Message> others) {
        return new ChatRequest(others, tools, sampling, thinking, defaultSystemPrompt, stop);
    }

    public ChatRequest withTools(List<ToolSpec> specs) {
        return new ChatRequest(messages, specs, sampling, thinking, defaultSystemPrompt, stop);
    }

    public ChatRequest withSampling(SamplingParams params) {
        return new ChatRequest(
                messages, tools, Optional.of(params), thinking, defaultSystemPrompt, stop);
    }

    public ChatRequest withThinking(Thinking wish) {
        return new ChatRequest(messages, tools, sampling, wish, defaultSystemPrompt, stop);
    }

    public ChatRequest withDefaultSystemPrompt(boolean wanted) {
        return new ChatRequest(messages, tools, sampling, thinking, wanted, stop);
    }

    public ChatRequest withStop(List<String> texts) {
        return new ChatRequest(messages, tools, sampling, thinking, defaultSystemPrompt, texts);
    }
}
