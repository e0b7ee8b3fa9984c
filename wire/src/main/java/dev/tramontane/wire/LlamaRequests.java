package dev.tramontane.wire;

import dev.tramontane.chat.Gap;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.sampling.Logprobs;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;

import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// llama-server's own completions, which editors ask: `/completion` continues texts, `/infill`
/// fills gaps. {@link LlamaWriter} writes the answers.
///
/// What is a matter of that server's machine (`id_slot`, `cache_prompt`, `n_keep`…) and samplers
/// that there are none of here (`mirostat`, `xtc_probability`, `dynatemp_range`…) are passed over;
/// the answer's `generation_settings` say what held.
public final class LlamaRequests {
    private static final int LEAST_PREDICTED = -2; // to the context's end, as is -1
    private static final int MOST_INDENT = 1 << 10;
    private static final int MOST_FIELDS = 64;
    private static final int MOST_PASSAGES = 1 << 10;
    private static final String UNNAMED = "(unnamed)";

    /// What stands in a prompt for an image: the mark of llama.cpp's `mtmd`, which that server
    /// changes with each start, and tells as this one does in `/props`.
    public static final String IMAGE_MARK = "<__media__>";

    private LlamaRequests() {}

    /// What is to be written.
    public sealed interface Task {
        /// What follows each of these.
        record Continue(List<Prompt> prompts) implements Task {
            public Continue {
                prompts = List.copyOf(prompts);
            }
        }

        /// What stands in a gap.
        record Fill(Gap gap) implements Task {}
    }

    /// A piece of a prompt.
    public sealed interface Part {
        record Text(String text) implements Part {}

        /// @param ids shared, not to be changed
        record Tokens(int[] ids) implements Part {}

        /// @param place where it was sent
        record Image(ImageSource source, String place) implements Part {}
    }

    /// Pieces one after the other.
    public record Prompt(List<Part> parts) {
        public Prompt {
            parts = List.copyOf(parts);
        }
    }

    /// How tokens are chosen.
    ///
    /// @param sampling with one token at least
    /// @param textBias what is added to the logits of all tokens of a text
    /// @param format that the text is held to
    public record Choosing(
            SamplingParams sampling, Map<String, Float> textBias, ResponseFormat format) {
        public Choosing {
            textBias = Map.copyOf(textBias);
        }
    }

    /// Where an answer ends, beside its tokens.
    ///
    /// @param generates whether there is one: a prompt may be read alone, for those that follow
    /// @param ignoresEnd whether it goes on where the model would end it
    /// @param indent characters of white space that its lines begin with; a line with fewer ends it
    /// @param longest since its first token; the next line's end is the end. Zero for any
    public record Bounds(
            boolean generates,
            List<String> stop,
            boolean ignoresEnd,
            int indent,
            Duration longest) {
        public Bounds {
            stop = List.copyOf(stop);
        }
    }

    /// What is told of an answer.
    ///
    /// @param tokens whether their ids are
    /// @param scores whether their log-probabilities are
    /// @param drawn whether those are probabilities in the draw, behind every filter
    /// @param progress whether the reading of the prompt is
    /// @param fields those of the whole answer; empty for all
    public record Told(
            boolean tokens, boolean scores, boolean drawn, boolean progress, List<String> fields) {
        public Told {
            fields = List.copyOf(fields);
        }
    }

    /// A request as a client sent it.
    ///
    /// @param choices answers to each prompt
    /// @param stream whether they are sent as they come
    public record Request(
            Task task, Choosing choosing, Bounds bounds, Told told, int choices, boolean stream) {}

    /// Reads a request of `/completion`.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readCompletion(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        return read(new Task.Continue(prompts(body)), body, defaults);
    }

    /// Reads a request of `/infill`.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readInfill(JsonNode json, SamplingParams defaults) {
        var body = new Fields(json, "");
        List<Fields> extra = body.objects("input_extra");
        if (extra.size() > MOST_PASSAGES) {
            throw body.unexpected("input_extra", MOST_PASSAGES + " passages at most");
        }
        List<Gap.Passage> passages =
                extra.stream()
                        .map(
                                each ->
                                        new Gap.Passage(
                                                each.text("filename").orElse(UNNAMED),
                                                each.requiredText("text")))
                        .toList();
        String before = body.requiredText("input_prefix") + body.text("prompt").orElse("");
        var gap = new Gap(before, body.requiredText("input_suffix"), passages);
        return read(new Task.Fill(gap), body, defaults);
    }

    private static Request read(Task task, Fields body, SamplingParams defaults) {
        boolean stream = body.flag("stream").orElse(false);
        int choices = body.integer("n_cmpl", 1, ChatCompletions.MOST_CHOICES).orElse(1);
        int prompts = task instanceof Task.Continue(var texts) ? texts.size() : 1;
        if (prompts * choices > TextCompletions.MOST_ANSWERS) {
            throw body.unexpected(
                    "prompt",
                    "prompts for %d answers at most".formatted(TextCompletions.MOST_ANSWERS));
        }
        int likeliest = body.integer("n_probs", 0, SamplingParams.MOST_LOGPROBS).orElse(0);
        var told =
                new Told(
                        stream || body.flag("return_tokens").orElse(false),
                        likeliest > 0,
                        body.flag("post_sampling_probs").orElse(false),
                        body.flag("return_progress").orElse(false),
                        fields(body));
        int tokens = tokens(body, defaults);
        boolean scores = told.tokens() || told.scores(); // ids come with them
        SamplingParams sampling =
                new SamplingReader(body, defaults, true)
                        .read(scores ? likeliest : -1, Math.max(1, tokens));
        if (told.drawn()) {
            sampling =
                    sampling.withLogprobs(new Logprobs(sampling.topLogprobs(), Logprobs.Of.DRAW));
        }
        var choosing =
                new Choosing(
                        sampling.seed() == LlamaSettings.ANY_SEED
                                ? sampling.withSeed(defaults.seed())
                                : sampling,
                        Biases.read(body).texts(),
                        new RequestReader(body).format());
        return new Request(task, choosing, bounds(body, tokens > 0), told, choices, stream);
    }

    private static int tokens(Fields body, SamplingParams defaults) {
        int other =
                body.integer("max_tokens", LEAST_PREDICTED, Integer.MAX_VALUE)
                        .orElse(LEAST_PREDICTED);
        int told = body.integer("n_predict", LEAST_PREDICTED, Integer.MAX_VALUE).orElse(other);
        return told < 0 ? defaults.maxTokens() : told;
    }

    private static Bounds bounds(Fields body, boolean generates) {
        return new Bounds(
                generates,
                RequestReader.stops(body),
                body.flag("ignore_eos").orElse(false),
                body.integer("n_indent", 0, MOST_INDENT).orElse(0),
                Duration.ofMillis(
                        body.integer("t_max_predict_ms", -1, Integer.MAX_VALUE).stream()
                                .map(time -> Math.max(0, time))
                                .findAny()
                                .orElse(0)));
    }

    private static List<String> fields(Fields body) {
        List<String> fields = body.texts("response_fields");
        if (fields.size() > MOST_FIELDS) {
            throw body.unexpected("response_fields", MOST_FIELDS + " names at most");
        }
        return fields;
    }

    /// One prompt is a text, an object with one, or a list with token ids in it, between which
    /// there may be texts; any other list is one of prompts.
    private static List<Prompt> prompts(Fields body) {
        JsonNode told = body.value("prompt").orElseThrow(() -> noPrompt(body));
        if (!told.isArray() || told.valueStream().anyMatch(JsonNode::isNumber)) {
            return List.of(prompt(told, body));
        }
        List<Prompt> prompts = told.valueStream().map(each -> prompt(each, body)).toList();
        if (prompts.isEmpty()) {
            throw noPrompt(body);
        }
        return prompts;
    }

    private static Prompt prompt(JsonNode told, Fields body) {
        if (told.isObject()) {
            var parts = new Fields(told, body.path("prompt"));
            return withImages(parts.requiredText("prompt_string"), parts);
        }
        if (told.isString()) {
            return new Prompt(List.of(new Part.Text(told.stringValue())));
        }
        if (!told.isArray() || told.isEmpty()) {
            throw noPrompt(body);
        }
        List<Part> parts = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (JsonNode part : told) {
            if (part.isIntegralNumber() && part.canConvertToInt()) {
                tokens.add(part.intValue());
            } else if (part.isString()) {
                addTokens(tokens, parts);
                parts.add(new Part.Text(part.stringValue()));
            } else {
                throw noPrompt(body);
            }
        }
        addTokens(tokens, parts);
        return new Prompt(parts);
    }

    /// A text in which each mark stands for an image.
    private static Prompt withImages(String text, Fields told) {
        List<String> data = told.texts("multimodal_data");
        String[] texts = data.isEmpty() ? new String[] {text} : text.split(IMAGE_MARK, -1);
        if (texts.length != data.size() + 1) {
            throw told.unexpected(
                    "multimodal_data",
                    "as many images as the prompt has marks %s: %d"
                            .formatted(IMAGE_MARK, texts.length - 1));
        }
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.Text(texts[0]));
        for (int i = 0; i < data.size(); i++) {
            String place = "%s[%d]".formatted(told.path("multimodal_data"), i);
            try {
                parts.add(new Part.Image(ImageSource.Address.ofBase64(data.get(i)), place));
            } catch (URISyntaxException _) {
                throw told.unexpected("multimodal_data", "images in base64");
            }
            parts.add(new Part.Text(texts[i + 1]));
        }
        return new Prompt(parts);
    }

    private static void addTokens(List<Integer> tokens, List<Part> parts) {
        if (!tokens.isEmpty()) {
            int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
            parts.add(new Part.Tokens(ids));
            tokens.clear();
        }
    }

    private static InvalidRequestException noPrompt(Fields body) {
        return body.unexpected(
                "prompt", "a text, token ids and texts in a list, or a list of such prompts");
    }
}
