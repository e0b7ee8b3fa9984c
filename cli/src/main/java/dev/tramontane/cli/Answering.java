package dev.tramontane.cli;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.ChatStream.Answer;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// One question to a model: events are shown as they come, and in the end there are the answer and
/// its figures.
///
/// @param interrupted whether Ctrl-C broke the answer off
record Answering(Answer answer, Timings timings, boolean interrupted) {
    /// How long an answer took.
    ///
    /// @param firstToken from the question to the first token
    /// @param rest from the first token to the end
    record Timings(Duration firstToken, Duration rest) {
        /// Prompt tokens computed in a second, the first token's own computation included.
        double prefillTokensPerSecond(Usage usage) {
            return rate(usage.promptTokens() - usage.cachedTokens(), firstToken);
        }

        /// Tokens generated in a second, after the first.
        double decodeTokensPerSecond(Usage usage) {
            return rate(usage.completionTokens() - 1, rest);
        }

        private static double rate(int tokens, Duration time) {
            return tokens <= 0 || time.isZero() ? 0 : tokens * 1e9 / time.toNanos();
        }
    }

    /// Asks, and shows each event.
    static Answering ask(
            ChatModel model,
            ChatRequest request,
            Interrupts interrupts,
            Consumer<ChatStream> begun,
            Consumer<ChatEvent> shown) {
        long start = System.nanoTime();
        long first = 0;
        var thinking = new StringBuilder();
        var text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        var end = new ChatEvent.Finished(FinishReason.CANCELLED, new Usage(0, 0, 0));
        try (ChatStream stream = model.chat(request)) {
            interrupts.watch(stream);
            begun.accept(stream);
            for (ChatEvent event : stream) {
                switch (event) {
                    case ChatEvent.Thinking(String part) -> thinking.append(part);
                    case ChatEvent.Text(String part) -> text.append(part);
                    case ChatEvent.ToolCalled(ToolCall call) -> calls.add(call);
                    case ChatEvent.Progress _,
                            ChatEvent.Scored _,
                            ChatEvent.Intervened _,
                            ChatEvent.Voted _ -> {}
                    case ChatEvent.Finished finished -> end = finished;
                }
                if (first == 0 && !(event instanceof ChatEvent.Progress)) {
                    first = System.nanoTime();
                }
                shown.accept(event);
            }
        } finally {
            interrupts.unwatch();
        }
        long now = System.nanoTime();
        long firstOrNow = first == 0 ? now : first;
        return new Answering(
                new Answer(
                        thinking.toString(),
                        end.usage().repetition().trim(text.toString()),
                        calls,
                        end.why(),
                        end.usage()),
                new Timings(
                        Duration.ofNanos(firstOrNow - start), Duration.ofNanos(now - firstOrNow)),
                interrupts.stoppedTheAnswer());
    }
}
