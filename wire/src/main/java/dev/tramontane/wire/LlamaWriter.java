package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Writes continued texts as llama-server's own API has them: an object for each answer, of several
/// a list. In a stream each piece is one, and the last of an answer says all about it.
public final class LlamaWriter implements Answering {
    private static final String ANSWERS = "answers";
    private static final int NO_SLOT = -1; // sequences have none of their own here

    private final AnswerWriter.Head head;
    private final LlamaRequests.Told told;
    private final List<Choice> choices = new ArrayList<>();
    private int finished;

    /// What is known of an answer before it begins.
    ///
    /// @param prompt that the model reads, as text
    /// @param tokens of it
    /// @param settings that held
    public record Asked(String prompt, int tokens, ObjectNode settings) {}

    private static final class Choice {
        final Asked asked;
        final List<TokenScore> waiting = new ArrayList<>();
        final PromptProgress progress = new PromptProgress();
        boolean hasNewLine;
        int tokens;
        Usage usage = new Usage(0, 0, 0);

        Choice(Asked asked) {
            this.asked = asked;
        }
    }

    /// @param asked one for each answer
    public LlamaWriter(AnswerWriter.Head head, LlamaRequests.Told told, List<Asked> asked) {
        this.head = head;
        this.told = told;
        asked.forEach(each -> choices.add(new Choice(each)));
    }

    @Override
    public Framing framing() {
        return Framing.UNNAMED;
    }

    @Override
    public List<ObjectNode> chunks(int index, ChatEvent event) {
        Choice choice = choices.get(index);
        return switch (event) {
            case ChatEvent.Scored(TokenScore score) -> {
                choice.waiting.add(score);
                choice.tokens++;
                yield List.of();
            }
            case ChatEvent.Text(String text) -> {
                choice.hasNewLine |= text.indexOf('\n') >= 0;
                yield List.of(piece(index, text));
            }
            case ChatEvent.Progress progress -> {
                ObjectNode piece = piece(index, "");
                choice.progress.tell(progress, piece);
                yield List.of(piece);
            }
            case ChatEvent.Finished(FinishReason why, Usage usage) -> {
                finished++;
                choice.usage = usage;
                ObjectNode last = piece(index, "").put("stop", true);
                tellEnd(choice, why, last);
                yield List.of(last);
            }
            case ChatEvent.Thinking _,
                    ChatEvent.ToolCalled _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _ ->
                    List.of();
        };
    }

    private ObjectNode piece(int index, String text) {
        Choice choice = choices.get(index);
        ObjectNode piece = JsonNodeFactory.instance.objectNode();
        piece.put("index", index).put("content", text);
        tellTokens(choice, piece);
        return piece.put("stop", false)
                .put("id_slot", NO_SLOT)
                .put("tokens_predicted", choice.tokens)
                .put("tokens_evaluated", choice.asked.tokens());
    }

    private void tellTokens(Choice choice, ObjectNode into) {
        ArrayNode tokens = into.putArray("tokens");
        if (told.tokens()) {
            choice.waiting.forEach(score -> tokens.add(score.token()));
        }
        if (told.scores() && !choice.waiting.isEmpty()) {
            ArrayNode list = into.putArray("completion_probabilities");
            Scores.writeWithIds(list, choice.waiting, told.drawn());
        }
        choice.waiting.clear();
    }

    private void tellEnd(Choice choice, FinishReason why, ObjectNode into) {
        Usage usage = choice.usage;
        into.put("model", head.model());
        into.put("tokens_predicted", usage.completionTokens());
        into.put("tokens_evaluated", usage.promptTokens());
        into.put("tokens_cached", usage.totalTokens()); // what is kept for the next request
        into.set("generation_settings", choice.asked.settings());
        into.put("prompt", choice.asked.prompt());
        into.put("has_new_line", choice.hasNewLine);
        into.put("truncated", why == FinishReason.CONTEXT_FULL);
        into.put("stop_type", stopType(why, usage));
        into.put("stopping_word", usage.stopText().orElse(""));
    }

    private static String stopType(FinishReason why, Usage usage) {
        return switch (why) {
            case STOP, TOOL_CALLS -> usage.stopText().isPresent() ? "word" : "eos";
            case LENGTH, CONTEXT_FULL, REPETITION, CANCELLED -> "limit";
        };
    }

    @Override
    public boolean isFinished() {
        return finished == choices.size();
    }

    /// All answers in one object, which {@link #sent} takes them out of.
    @Override
    public ObjectNode whole(List<AnswerWriter.Choice> answers) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode list = body.putArray(ANSWERS);
        for (int index = 0; index < answers.size(); index++) {
            Choice choice = choices.get(index);
            AnswerWriter.Choice answer = answers.get(index);
            String text = answer.answer().text();
            choice.waiting.addAll(answer.scores());
            choice.usage = answer.answer().usage();
            choice.hasNewLine = text.indexOf('\n') >= 0;
            ObjectNode one = piece(index, text).put("stop", true);
            tellEnd(choice, answer.answer().why(), one);
            list.add(one);
        }
        return body;
    }

    /// Each answer has its own counts; the time is that of all.
    @Override
    public void tell(Timings timings, ObjectNode last) {
        if (last.path(ANSWERS) instanceof ArrayNode all) {
            for (JsonNode one : all) {
                tell(timings, choices.get(one.path("index").asInt(0)).usage, (ObjectNode) one);
            }
        } else {
            tell(timings, choices.get(last.path("index").asInt(0)).usage, last);
        }
    }

    private static void tell(Timings timings, Usage usage, ObjectNode into) {
        int computed = usage.promptTokens() - usage.cachedTokens();
        var own =
                new Timings(
                        usage.cachedTokens(),
                        computed,
                        timings.prompt(),
                        usage.completionTokens(),
                        timings.generating(),
                        timings.drafts());
        into.set("timings", own.toJson());
    }

    @Override
    public JsonNode sent(ObjectNode whole) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        whole.path(ANSWERS).forEach(one -> all.add(chosen(one)));
        return choices.size() == 1 ? all.path(0) : all;
    }

    /// The fields that were asked for, under the names by which they were: `timings/prompt_n` is
    /// one of `timings`.
    private JsonNode chosen(JsonNode one) {
        if (told.fields().isEmpty()) {
            return one;
        }
        ObjectNode chosen = JsonNodeFactory.instance.objectNode();
        for (String name : told.fields()) {
            JsonNode value = one;
            for (String part : name.split("/")) {
                value = value.path(part);
            }
            if (!value.isMissingNode()) {
                chosen.set(name, value);
            }
        }
        return chosen;
    }
}
