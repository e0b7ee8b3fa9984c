package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.EventQueue;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.sampling.Intervention;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// A server whose model thinks, is nudged, calls a tool and counts without end, to be killed.
///
/// Argument: the file of its store. It prints its port.
final class KilledServer {
    private static final long BETWEEN_NUMBERS_NANOS = 5_000_000;

    private KilledServer() {}

    public static void main(String[] args) throws IOException {
        var nature = new ServedModel.Nature("Count", 4096, Script.SAMPLING, true, true, false);
        var served =
                new ServedModel("count", List.of(), 1, new Counter(), nature, Optional.empty());
        ServerConfig config = ServerConfig.local(0).withStore(Path.of(args[0]).toUri());
        System.out.println(Server.start(config, new Models(List.of(served))).port());
    }

    private record Counter() implements ChatModel {
        @Override
        public ChatStream chat(ChatRequest request) {
            return new Counting();
        }

        @Override
        public void close() {}
    }

    private static final class Counting implements ChatStream {
        private final EventQueue waiting = new EventQueue();
        private int last;

        @Override
        public Iterator<ChatEvent> iterator() {
            return waiting.read(this::count);
        }

        private void count() {
            LockSupport.parkNanos(BETWEEN_NUMBERS_NANOS);
            last++;
            if (last > 1) {
                waiting.add(new ChatEvent.Text(last + " "));
                return;
            }
            waiting.add(new ChatEvent.Thinking("Hm."));
            waiting.add(new ChatEvent.Intervened(Intervention.CIRCLE_NUDGED));
            waiting.add(
                    new ChatEvent.ToolCalled(new ToolCall(Optional.of("1"), "look", "{\"at\":1}")));
        }

        @Override
        public void answerNow() {}

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public void close() {}
    }
}
