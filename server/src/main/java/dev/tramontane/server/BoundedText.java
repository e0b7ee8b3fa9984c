package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Usage;
import dev.tramontane.engine.Drafts;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.wire.LlamaRequests;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// A text that ends where its reader has enough of it: with a line that is indented less than it
/// must be, with the first line that is complete when its time is over, or before it begins, where
/// only its prompt was to be read. Editors ask for that, so that what they show is whole lines that
/// stay within a block.
///
/// A line's indentation is kept back until it is known. For one reader; any thread may close.
final class BoundedText implements ChatStream {
    private final ChatStream text;
    private final LlamaRequests.Bounds bounds;

    private BoundedText(ChatStream text, LlamaRequests.Bounds bounds) {
        this.text = text;
        this.bounds = bounds;
    }

    /// The text itself where nothing bounds it.
    static ChatStream of(ChatStream text, LlamaRequests.Bounds bounds) {
        boolean isBounded =
                !bounds.generates() || bounds.indent() > 0 || !bounds.longest().isZero();
        return isBounded ? new BoundedText(text, bounds) : text;
    }

    @Override
    public Iterator<ChatEvent> iterator() {
        return new Reader(text.iterator());
    }

    private final class Reader implements Iterator<ChatEvent> {
        private final Iterator<ChatEvent> events;
        private final List<ChatEvent> ready = new ArrayList<>();
        private final StringBuilder held = new StringBuilder(); // a line's end, and white space
        private boolean isEnough;
        private boolean hasEnded;
        private long first; // of System.nanoTime()

        Reader(Iterator<ChatEvent> events) {
            this.events = events;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && !hasEnded && events.hasNext()) {
                take(events.next());
            }
            return !ready.isEmpty();
        }

        @Override
        public ChatEvent next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the text has ended");
            }
            return ready.removeFirst();
        }

        private void take(ChatEvent event) {
            switch (event) {
                case ChatEvent.Text(String more) -> take(more);
                case ChatEvent.Scored scored -> {
                    if (bounds.generates() && !isEnough) {
                        ready.add(scored);
                    }
                }
                case ChatEvent.Finished(FinishReason why, Usage usage) -> end(why, usage);
                case ChatEvent.Progress _,
                        ChatEvent.Thinking _,
                        ChatEvent.ToolCalled _,
                        ChatEvent.Intervened _,
                        ChatEvent.Voted _ ->
                        ready.add(event);
            }
        }

        private void take(String more) {
            if (!bounds.generates() || isEnough) {
                return;
            }
            first = first == 0 ? System.nanoTime() : first;
            var told = new StringBuilder();
            for (int i = 0; i < more.length() && !isEnough; i++) {
                char next = more.charAt(i);
                if (next == '\n' && isLate()) {
                    isEnough = true;
                } else if (next == '\n' || !held.isEmpty() && isIndent(next)) {
                    keep(next, told);
                } else {
                    isEnough = !held.isEmpty() && indent() < bounds.indent();
                    if (!isEnough) {
                        told.append(held).append(next);
                        held.setLength(0);
                    }
                }
            }
            if (!told.isEmpty()) {
                ready.add(new ChatEvent.Text(told.toString()));
            }
            if (isEnough) {
                text.close();
            }
        }

        /// Empty lines have no indentation.
        private void keep(char next, StringBuilder told) {
            held.append(next);
            if (bounds.indent() == 0) {
                told.append(held);
                held.setLength(0);
            }
        }

        private boolean isIndent(char next) {
            return next == ' ' || next == '\t';
        }

        private int indent() {
            return held.length() - 1 - held.lastIndexOf("\n");
        }

        private boolean isLate() {
            return !bounds.longest().isZero()
                    && System.nanoTime() - first > bounds.longest().toNanos();
        }

        private void end(FinishReason why, Usage usage) {
            hasEnded = true;
            if (!bounds.generates()) {
                Usage prompt =
                        new Usage(
                                usage.promptTokens(),
                                usage.cachedTokens(),
                                0,
                                0,
                                List.of(),
                                false,
                                Usage.Repetition.NONE);
                ready.add(new ChatEvent.Finished(FinishReason.LENGTH, prompt));
            } else if (isEnough) {
                ready.add(new ChatEvent.Finished(FinishReason.LENGTH, usage));
            } else {
                if (!held.isEmpty()) {
                    ready.add(new ChatEvent.Text(held.toString()));
                }
                ready.add(new ChatEvent.Finished(why, usage));
            }
        }
    }

    /// There is no thinking: nothing happens.
    @Override
    public void answerNow() {}

    /// There is no thinking: nothing happens.
    @Override
    public void thinkLonger(int tokens) {}

    @Override
    public Drafts drafts() {
        return text.drafts();
    }

    @Override
    public void close() {
        text.close();
    }
}
