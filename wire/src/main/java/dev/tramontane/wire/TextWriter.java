package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/// Writes continued texts as OpenAI's legacy completions have them. Answers are in the order of
/// their prompts, those to one prompt beside each other; usage counts each prompt once.
public final class TextWriter implements Answering {
    private final AnswerWriter.Head head;
    private final boolean usageApart;
    private final int perPrompt;
    private final boolean scores;
    private final List<Choice> choices = new ArrayList<>();
    private int finished;

    /// What stands in front of an answer where its prompt is echoed.
    ///
    /// @param scores of the prompt's tokens; those without a log-probability have NaN
    public record Echo(String text, List<TokenScore> scores) {
        /// The prompt is not echoed.
        public static final Echo NONE = new Echo("", List.of());

        public Echo {
            scores = List.copyOf(scores);
        }
    }

    private static final class Choice {
        final Echo echo;
        final List<TokenScore> waiting = new ArrayList<>();
        boolean begun;
        int offset; // of the next token's text, in characters
        Usage usage = new Usage(0, 0, 0);

        Choice(Echo echo) {
            this.echo = echo;
            waiting.addAll(echo.scores());
        }
    }

    /// @param echoes one for each answer
    /// @param perPrompt answers to one prompt
    /// @param scores whether log-probabilities are told
    /// @param usageApart whether usage has a chunk of its own
    public TextWriter(
            AnswerWriter.Head head,
            List<Echo> echoes,
            int perPrompt,
            boolean scores,
            boolean usageApart) {
        this.head = head;
        this.perPrompt = perPrompt;
        this.scores = scores;
        this.usageApart = usageApart;
        echoes.forEach(echo -> choices.add(new Choice(echo)));
    }

    @Override
    public List<ObjectNode> chunks(int index, ChatEvent event) {
        Choice choice = choices.get(index);
        List<ObjectNode> chunks = new ArrayList<>();
        switch (event) {
            case ChatEvent.Scored(TokenScore score) -> choice.waiting.add(score);
            case ChatEvent.Text(String text) -> chunks.add(chunk(index, begin(choice) + text));
            case ChatEvent.Finished(FinishReason why, Usage usage) -> {
                ObjectNode last = chunk(index, begin(choice));
                ((ObjectNode) last.path("choices").path(0)).put("finish_reason", reason(why));
                chunks.add(last);
                choice.usage = usage;
                finished++;
                if (isFinished()) {
                    tellUsage(chunks);
                }
            }
            case ChatEvent.Progress _,
                    ChatEvent.Thinking _,
                    ChatEvent.ToolCalled _,
                    ChatEvent.Intervened _,
                    ChatEvent.Voted _ -> {}
        }
        return chunks;
    }

    private static String begin(Choice choice) {
        String echo = choice.begun ? "" : choice.echo.text();
        choice.begun = true;
        return echo;
    }

    private ObjectNode chunk(int index, String text) {
        ObjectNode chunk = head.object("text_completion");
        ObjectNode told = chunk.putArray("choices").addObject();
        told.put("text", text).put("index", index);
        tellScores(choices.get(index), told);
        told.putNull("finish_reason");
        return chunk;
    }

    /// `{"tokens","token_logprobs","top_logprobs","text_offset"}`, list by list.
    private void tellScores(Choice choice, ObjectNode told) {
        if (!scores) {
            told.putNull("logprobs");
            return;
        }
        ObjectNode logprobs = told.putObject("logprobs");
        ArrayNode tokens = logprobs.putArray("tokens");
        ArrayNode values = logprobs.putArray("token_logprobs");
        ArrayNode top = logprobs.putArray("top_logprobs");
        ArrayNode offsets = logprobs.putArray("text_offset");
        for (TokenScore score : choice.waiting) {
            tokens.add(score.text());
            offsets.add(choice.offset);
            choice.offset += score.text().length();
            if (Float.isNaN(score.logprob())) {
                values.addNull();
                top.addNull();
            } else {
                values.add(Scores.finite(score.logprob()));
                ObjectNode likeliest = top.addObject();
                score.top()
                        .forEach(each -> likeliest.put(each.text(), Scores.finite(each.logprob())));
            }
        }
        choice.waiting.clear();
    }

    private static String reason(FinishReason why) {
        return switch (why) {
            case STOP, TOOL_CALLS -> "stop";
            case LENGTH, CONTEXT_FULL, REPETITION, CANCELLED -> "length";
        };
    }

    private void tellUsage(List<ObjectNode> chunks) {
        ObjectNode usage = AnswerWriter.usage(usage());
        if (usageApart) {
            ObjectNode apart = head.object("text_completion");
            apart.putArray("choices");
            apart.set("usage", usage);
            chunks.add(apart);
        } else {
            chunks.getLast().set("usage", usage);
        }
    }

    private Usage usage() {
        int prompt = 0;
        int cached = 0;
        int completion = 0;
        for (int first = 0; first < choices.size(); first += perPrompt) {
            List<Usage> own =
                    choices.subList(first, first + perPrompt).stream()
                            .map(choice -> choice.usage)
                            .toList();
            Usage sum = AnswerWriter.sum(own);
            prompt += sum.promptTokens();
            cached += sum.cachedTokens();
            completion += sum.completionTokens();
        }
        return new Usage(prompt, cached, completion, 0, List.of(), false, Usage.Repetition.NONE);
    }

    @Override
    public boolean isFinished() {
        return finished == choices.size();
    }

    @Override
    public ObjectNode whole(List<AnswerWriter.Choice> answers) {
        ObjectNode body = head.object("text_completion");
        ArrayNode list = body.putArray("choices");
        for (int index = 0; index < answers.size(); index++) {
            Choice choice = choices.get(index);
            AnswerWriter.Choice answer = answers.get(index);
            choice.waiting.addAll(answer.scores());
            choice.usage = answer.answer().usage();
            ObjectNode told = list.addObject();
            told.put("text", begin(choice) + answer.answer().text()).put("index", index);
            tellScores(choice, told);
            told.put("finish_reason", reason(answer.answer().why()));
        }
        body.set("usage", AnswerWriter.usage(usage()));
        return body;
    }
}
