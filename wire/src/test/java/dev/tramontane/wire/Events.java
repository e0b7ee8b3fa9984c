package dev.tramontane.wire;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ToolCall;
import dev.tramontane.chat.Usage;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Events as lines for people; pieces of thinking and text that follow each other are one.
final class Events {
    private Events() {}

    static List<String> lines(Iterable<ChatEvent> events) {
        List<String> lines = new ArrayList<>();
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.Thinking(String text) -> append(lines, "thinking ", text);
                case ChatEvent.Text(String text) -> append(lines, "text ", text);
                case ChatEvent.ToolCalled(ToolCall call) ->
                        lines.add(
                                "call %s %s %s"
                                        .formatted(
                                                call.id().orElse("-"),
                                                call.name(),
                                                call.arguments()));
                case ChatEvent.Progress(int place, int computed, int prompt, int _) ->
                        lines.add("progress %d %d %d".formatted(place, computed, prompt));
                case ChatEvent.Intervened(var what) -> lines.add("intervened " + what);
                case ChatEvent.Voted _ -> lines.add("voted");
                case ChatEvent.Scored(var score) -> lines.add("scored " + score.text());
                case ChatEvent.Finished(var why, Usage usage) ->
                        lines.add("finished " + why + line(usage));
            }
        }
        return lines.stream().map(line -> line.replace("\n", "\\n")).toList();
    }

    private static void append(List<String> lines, String kind, String text) {
        boolean goesOn = !lines.isEmpty() && lines.getLast().startsWith(kind);
        String whole = goesOn ? lines.removeLast() + text : kind + text;
        lines.add(whole);
    }

    private static String line(Usage usage) {
        return " prompt=%d cached=%d completion=%d reasoning=%d%s%s"
                .formatted(
                        usage.promptTokens(),
                        usage.cachedTokens(),
                        usage.completionTokens(),
                        usage.reasoningTokens(),
                        usage.unfinishedThinking() ? " unfinished" : "",
                        usage.untold().isEmpty() ? "" : " untold=" + new TreeSet<>(usage.untold()));
    }
}
