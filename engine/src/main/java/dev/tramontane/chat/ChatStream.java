package dev.tramontane.chat;

import dev.tramontane.engine.Drafts;
import dev.tramontane.sampling.FinishReason;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/// A running answer: events in order, read once, the last one {@link ChatEvent.Finished}.
///
/// Reading blocks. Closing cancels what has not been generated.
public interface ChatStream extends Iterable<ChatEvent>, AutoCloseable {
    @Override
    Iterator<ChatEvent> iterator();

    /// Ends the thinking now, so that the answer follows. Without thinking, nothing happens. Any
    /// thread may call.
    void answerNow();

    /// Gives the thinking so many tokens more, and leads it on where the model would end it before
    /// they are spent; ceilings and the answer's reserve hold. Thinking that is over stays so. The
    /// last of this and {@link #answerNow} counts. Any thread may call.
    ///
    /// @param tokens one at least
    void thinkLonger(int tokens);

    /// What guessing ahead came to so far, as far as it is known. Any thread may call.
    default Drafts drafts() {
        return Drafts.NONE;
    }

    @Override
    void close();

    /// Reads to the end and puts the message together; of an answer that went in circles, one copy.
    default Answer collect() {
        var thinking = new StringBuilder();
        var text = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        ChatEvent.Finished finished = null;
        for (ChatEvent event : this) {
            switch (event) {
                case ChatEvent.Thinking(String part) -> thinking.append(part);
                case ChatEvent.Text(String part) -> text.append(part);
                case ChatEvent.ToolCalled(ToolCall call) -> calls.add(call);
                case ChatEvent.Progress _,
                        ChatEvent.Scored _,
                        ChatEvent.Intervened _,
                        ChatEvent.Voted _ -> {}
                case ChatEvent.Finished end -> finished = end;
            }
        }
        if (finished == null) {
            throw new IllegalStateException("the stream was read before, or closed");
        }
        Usage usage = finished.usage();
        return new Answer(
                thinking.toString(),
                usage.repetition().trim(text.toString()),
                calls,
                finished.why(),
                usage);
    }

    /// A whole answer.
    ///
    /// @param thinking without its marks; empty when the model did not think
    record Answer(
            String thinking, String text, List<ToolCall> toolCalls, FinishReason why, Usage usage) {
        public Answer {
            toolCalls = List.copyOf(toolCalls);
        }

        /// The answer as a message of the conversation, its thinking kept: open where it was not
        /// finished.
        public Message.AssistantMessage message() {
            List<Chunk> content = new ArrayList<>();
            if (!thinking.isEmpty()) {
                content.add(new Chunk.ThinkChunk(thinking, !usage.unfinishedThinking()));
            }
            if (!text.isEmpty()) {
                content.add(new Chunk.TextChunk(text));
            }
            return new Message.AssistantMessage(content, toolCalls, false);
        }
    }
}
