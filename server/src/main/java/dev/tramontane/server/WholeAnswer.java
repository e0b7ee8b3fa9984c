package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.TokenScore;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.wire.AnswerWriter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// One choice, put together as it comes.
final class WholeAnswer {
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();
    private ChatEvent.@Nullable Finished end;

    void take(ChatEvent event) {
        switch (event) {
            case ChatEvent.Thinking(String part) -> thinking.append(part);
            case ChatEvent.Text(String part) -> text.append(part);
            case ChatEvent.ToolCalled(ToolCall call) -> calls.add(call);
            case ChatEvent.Scored(TokenScore score) -> scores.add(score);
            case ChatEvent.Progress _, ChatEvent.Intervened _, ChatEvent.Voted _ -> {}
            case ChatEvent.Finished finished -> end = finished;
        }
    }

    boolean isComplete() {
        return end != null;
    }

    /// Of an answer that went in circles, one copy.
    AnswerWriter.Choice choice() {
        if (end == null) {
            throw new IllegalStateException("the answer is not complete");
        }
        String kept = end.usage().repetition().trim(text.toString());
        var answer =
                new ChatStream.Answer(thinking.toString(), kept, calls, end.why(), end.usage());
        return new AnswerWriter.Choice(answer, scores);
    }
}
