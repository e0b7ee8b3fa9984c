package dev.tramontane.wire;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Requests that continue texts: OpenAI's legacy completions, and Mistral's fill-in-the-middle.
public final class TextCompletions {
    /// Prompts of one request at most, and answers to all of them.
    public static final int MOST_ANSWERS = 64;

    private static final int DEFAULT_TOKENS = 16;

    private TextCompletions() {}

    /// What is continued.
    public sealed interface Prompt {
        /// A text, in front of which the model's first mark is put.
        record Text(String text) implements Prompt {}

        /// Token ids, as they are.
        ///
        /// @param tokens shared, not to be changed
        record Tokens(int[] tokens) implements Prompt {}
    }

    /// A request as a client sent it.
    ///
    /// @param model that it asks for; empty where it names none
    /// @param suffix what is to follow the answer; empty where nothing is
    /// @param sampling with one token at least
    /// @param generates whether there is anything to be generated: no tokens may be asked for, to
    ///   have the prompt scored alone
    /// @param choices answers to each prompt
    /// @param echo whether the prompt is told in front of the answer
    public record Request(
            String model,
            List<Prompt> prompts,
            Optional<String> suffix,
            SamplingParams sampling,
            boolean generates,
            List<String> stop,
            int choices,
            boolean echo,
            boolean stream,
            boolean usageApart) {
        public Request {
            prompts = List.copyOf(prompts);
            stop = List.copyOf(stop);
        }
    }

    /// Reads a request of OpenAI's completions.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readRequest(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        int choices = body.integer("n", 1, ChatCompletions.MOST_CHOICES).orElse(1);
        if (body.integer("best_of", 1, ChatCompletions.MOST_CHOICES).orElse(choices) > choices) {
            throw body.unexpected("best_of", "no more than n, as all answers are told");
        }
        List<Prompt> prompts = prompts(body, "prompt");
        if (prompts.size() * choices > MOST_ANSWERS) {
            throw new InvalidRequestException(
                    "prompt",
                    "%d answers to %d prompts, expected %d in all at most; send several requests"
                            .formatted(choices, prompts.size(), MOST_ANSWERS));
        }
        int logprobs = body.integer("logprobs", 0, SamplingParams.MOST_LOGPROBS).orElse(-1);
        return read(body, prompts, choices, logprobs, DEFAULT_TOKENS, defaults);
    }

    /// Reads a request of Mistral's fill-in-the-middle.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readMiddle(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        if (body.integer("min_tokens", 0, Integer.MAX_VALUE).orElse(0) > 0) {
            throw body.unexpected("min_tokens", "0, as an answer ends where the model ends it");
        }
        Prompt prompt = new Prompt.Text(body.requiredText("prompt"));
        return read(body, List.of(prompt), 1, -1, defaults.maxTokens(), defaults);
    }

    private static Request read(
            Fields body,
            List<Prompt> prompts,
            int choices,
            int logprobs,
            int fewTokens,
            SamplingParams defaults) {
        int tokens = body.integer("max_tokens", 0, Integer.MAX_VALUE).orElse(fewTokens);
        boolean echo = body.flag("echo").orElse(false);
        if (tokens == 0 && !echo) {
            throw body.unexpected("max_tokens", "1 or more where the prompt is not echoed");
        }
        return new Request(
                body.text("model").orElse(""),
                prompts,
                body.text("suffix").filter(text -> !text.isEmpty()),
                new SamplingReader(body, defaults).read(logprobs, Math.max(1, tokens)),
                tokens > 0,
                RequestReader.stops(body),
                choices,
                echo,
                body.flag("stream").orElse(false),
                body.object("stream_options")
                        .flatMap(options -> options.flag("include_usage"))
                        .orElse(false));
    }

    /// A text, texts, token ids, or lists of them.
    static List<Prompt> prompts(Fields body, String field) {
        JsonNode prompt = body.value(field).orElseThrow(() -> unexpected(body, field));
        if (prompt.isString()) {
            return List.of(new Prompt.Text(prompt.stringValue()));
        }
        if (!prompt.isArray() || prompt.isEmpty()) {
            throw unexpected(body, field);
        }
        if (prompt.path(0).isNumber()) {
            return List.of(tokens(prompt, body, field));
        }
        List<Prompt> prompts = new ArrayList<>();
        for (JsonNode each : prompt) {
            prompts.add(
                    each.isString()
                            ? new Prompt.Text(each.stringValue())
                            : tokens(each, body, field));
        }
        return prompts;
    }

    private static Prompt tokens(JsonNode list, Fields body, String field) {
        if (!list.isArray() || list.isEmpty()) {
            throw unexpected(body, field);
        }
        int[] tokens = new int[list.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode token = list.path(i);
            if (!token.isIntegralNumber() || !token.canConvertToInt()) {
                throw unexpected(body, field);
            }
            tokens[i] = token.intValue();
        }
        return new Prompt.Tokens(tokens);
    }

    private static InvalidRequestException unexpected(Fields body, String field) {
        return body.unexpected(field, "a text, texts, token ids or lists of token ids");
    }
}
