package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.Intervention;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Writes an answer as clients of either family read it: chunk by chunk, or whole.
///
/// Tool calls are whole in one chunk, since Mistral's clients want their name in each piece, and in
/// Mistral's form all of them are in the last one; `finish_reason` is on every chunk. Usage stands
/// in the chunk that ends the last choice, as Mistral has it, unless the client asked for OpenAI's
/// chunk of its own. For one answer and one thread.
public final class AnswerWriter implements Answering {
    private final Head head;
    private final StreamedUsage streamedUsage;
    private final List<ChoiceWriter> choices = new ArrayList<>();
    private final List<Usage> usages = new ArrayList<>();

    /// What every chunk of an answer has in common.
    ///
    /// @param created seconds since 1970
    /// @param fingerprint of what computes: with the same one, the same seed says the same. Empty
    ///   where nobody tells
    public record Head(String id, long created, String model, Optional<String> fingerprint) {
        /// Of an answer whose maker does not tell what it is.
        public Head(String id, long created, String model) {
            this(id, created, model, Optional.empty());
        }

        ObjectNode object(String name) {
            ObjectNode object =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("id", id)
                            .put("object", name)
                            .put("created", created)
                            .put("model", model);
            fingerprint.ifPresent(known -> object.put("system_fingerprint", known));
            return object;
        }
    }

    /// An answer that is complete.
    ///
    /// @param scores of its tokens; empty where nobody asked
    public record Choice(ChatStream.Answer answer, List<TokenScore> scores) {
        public Choice {
            scores = List.copyOf(scores);
        }
    }

    /// Of an answer that is one.
    ///
    /// @param usageApart whether usage has a chunk of its own (`stream_options.include_usage`)
    public AnswerWriter(Head head, ReasoningFormat format, boolean usageApart) {
        this(
                head,
                format,
                usageApart ? StreamedUsage.IN_OWN_CHUNK : StreamedUsage.IN_LAST_CHUNK,
                1);
    }

    /// @param choices answers to one request that are told side by side
    public AnswerWriter(
            Head head, ReasoningFormat format, StreamedUsage streamedUsage, int choices) {
        this.head = head;
        this.streamedUsage = streamedUsage;
        for (int index = 0; index < choices; index++) {
            this.choices.add(new ChoiceWriter(head, format, index));
        }
    }

    /// The chunks that tell an event of the only choice.
    public List<ObjectNode> chunks(ChatEvent event) {
        return chunks(0, event);
    }

    @Override
    public List<ObjectNode> chunks(int choice, ChatEvent event) {
        List<ObjectNode> chunks = choices.get(choice).chunks(event);
        if (event instanceof ChatEvent.Finished(var _, Usage usage)) {
            usages.add(usage);
            if (isFinished()) {
                tellUsage(chunks);
            }
        }
        return chunks;
    }

    @Override
    public boolean isFinished() {
        return usages.size() == choices.size();
    }

    private void tellUsage(List<ObjectNode> chunks) {
        ObjectNode usage = usage(sum(usages));
        switch (streamedUsage) {
            case IN_LAST_CHUNK -> chunks.getLast().set("usage", usage);
            case IN_OWN_CHUNK -> {
                ObjectNode apart = head.object("chat.completion.chunk");
                apart.putArray("choices");
                apart.set("usage", usage);
                chunks.add(apart);
            }
            case UNTOLD -> {}
        }
    }

    /// The choices have their prompt in common: it counts once, as computed as it was for the one
    /// that found the least of it.
    static Usage sum(List<Usage> usages) {
        Usage first = usages.getFirst();
        if (usages.size() == 1) {
            return first;
        }
        int completion = 0;
        int reasoning = 0;
        int cached = first.cachedTokens();
        List<Intervention> interventions = new ArrayList<>();
        Set<Usage.Count> untold = EnumSet.noneOf(Usage.Count.class);
        for (Usage usage : usages) {
            completion += usage.completionTokens();
            reasoning += usage.reasoningTokens();
            cached = Math.min(cached, usage.cachedTokens());
            interventions.addAll(usage.interventions());
            untold.addAll(usage.untold());
        }
        return new Usage(
                first.promptTokens(),
                cached,
                completion,
                reasoning,
                interventions,
                false,
                Usage.Repetition.NONE,
                untold);
    }

    /// Counts that are not known are left out.
    public static ObjectNode usage(Usage usage) {
        Set<Usage.Count> untold = usage.untold();
        ObjectNode node =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("prompt_tokens", usage.promptTokens())
                        .put("completion_tokens", usage.completionTokens())
                        .put("total_tokens", usage.totalTokens());
        if (!untold.contains(Usage.Count.CACHED)) {
            node.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
        }
        if (!untold.contains(Usage.Count.REASONING)) {
            node.putObject("completion_tokens_details")
                    .put("reasoning_tokens", usage.reasoningTokens());
        }
        return node;
    }

    /// The answer in one piece, where it is one.
    public ObjectNode whole(ChatStream.Answer answer) {
        return whole(List.of(new Choice(answer, List.of())));
    }

    @Override
    public ObjectNode whole(List<Choice> answers) {
        ObjectNode body = head.object("chat.completion");
        ArrayNode list = body.putArray("choices");
        for (int index = 0; index < answers.size(); index++) {
            choices.get(index).writeWhole(answers.get(index), list.addObject());
        }
        List<Usage> all = answers.stream().map(choice -> choice.answer().usage()).toList();
        body.set("usage", usage(sum(all)));
        return body;
    }
}
