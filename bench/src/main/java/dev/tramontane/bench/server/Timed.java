package dev.tramontane.bench.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.engine.Drafts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A model that notes when its texts leave it. Requests are told apart by what they ask.
final class Timed implements ChatModel {
    private final ChatModel model;
    private final Map<String, List<Long>> told = new ConcurrentHashMap<>();

    Timed(ChatModel model) {
        this.model = model;
    }

    @Override
    public ChatStream chat(ChatRequest request) {
        List<Long> times = Collections.synchronizedList(new ArrayList<>());
        told.put(question(request), times);
        return new Noting(model.chat(request), times);
    }

    private static String question(ChatRequest request) {
        Message last = request.messages().getLast();
        return last.content().getFirst() instanceof Chunk.TextChunk(String text) ? text : "";
    }

    /// Asks it without a server.
    Load.Answer read(ChatRequest request) {
        long start = System.nanoTime();
        List<Long> pieces = new ArrayList<>();
        int tokens = 0;
        try (ChatStream answer = chat(request)) {
            for (ChatEvent event : answer) {
                if (event instanceof ChatEvent.Text) {
                    pieces.add(System.nanoTime());
                } else if (event instanceof ChatEvent.Finished(var _, var usage)) {
                    tokens = usage.completionTokens();
                }
            }
        }
        return new Load.Answer(start, pieces, tokens, System.nanoTime());
    }

    /// How much later than they left the model pieces of text were at their clients.
    ///
    /// @param first number of the streams
    /// @param answers in the order of the streams' numbers
    List<Long> lateness(int first, List<Load.Answer> answers) {
        List<Long> late = new ArrayList<>();
        for (int stream = 0; stream < answers.size(); stream++) {
            List<Long> came = answers.get(stream).pieces();
            List<Long> left = told.getOrDefault(ServerFigures.question(first + stream), List.of());
            if (came.size() != left.size()) {
                throw new IllegalStateException(
                        "%d pieces of text came, of %d".formatted(came.size(), left.size()));
            }
            for (int i = 0; i < came.size(); i++) {
                late.add(came.get(i) - left.get(i));
            }
        }
        return late;
    }

    @Override
    public void close() {}

    private record Noting(ChatStream stream, List<Long> times) implements ChatStream {
        @Override
        public Iterator<ChatEvent> iterator() {
            Iterator<ChatEvent> events = stream.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return events.hasNext();
                }

                @Override
                public ChatEvent next() {
                    ChatEvent event = events.next();
                    if (event instanceof ChatEvent.Text) {
                        times.add(System.nanoTime());
                    }
                    return event;
                }
            };
        }

        @Override
        public void answerNow() {
            stream.answerNow();
        }

        @Override
        public void thinkLonger(int tokens) {
            stream.thinkLonger(tokens);
        }

        @Override
        public Drafts drafts() {
            return stream.drafts();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
