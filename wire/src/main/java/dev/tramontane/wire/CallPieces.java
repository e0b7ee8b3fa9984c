package dev.tramontane.wire;

import dev.tramontane.chat.ToolCall;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/// Puts tool calls together that come in pieces.
///
/// OpenAI sends the id and the name first, then the arguments piece by piece under the same
/// `index`; Mistral whole calls, every one of which may say index 0. So a piece belongs to the call
/// of its index unless it brings another id.
final class CallPieces {
    private static final int ID_LETTERS = 9; // what the formats v7 and v11 want
    private static final int BASE = 36;

    private static final class Pieces {
        final OptionalInt index;
        String id = "";
        String name = "";
        final StringBuilder arguments = new StringBuilder();

        Pieces(OptionalInt index) {
            this.index = index;
        }
    }

    private final List<Pieces> calls = new ArrayList<>();

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /// @param list `tool_calls` of a delta or a message
    void add(JsonNode list) {
        for (JsonNode piece : list) {
            JsonNode index = piece.path("index");
            add(
                    index.canConvertToInt() && index.isNumber()
                            ? OptionalInt.of(index.intValue())
                            : OptionalInt.empty(),
                    piece.path("id").asString(""),
                    piece.path("function"));
        }
    }

    /// A call in the oldest form, which has no id and is the only one.
    void addOld(JsonNode function) {
        if (function.isObject()) {
            add(OptionalInt.of(-1), "", function);
        }
    }

    private void add(OptionalInt index, String told, JsonNode function) {
        String id = told.equals("null") ? "" : told; // Mistral's default
        String name = function.path("name").asString("");
        Pieces call = find(index, id, name);
        call.id = call.id.isEmpty() ? id : call.id;
        call.name = call.name.isEmpty() ? name : call.name;
        JsonNode arguments = function.path("arguments");
        if (arguments.isString()) {
            call.arguments.append(arguments.stringValue());
        } else if (arguments.isObject()) {
            call.arguments.append(arguments);
        }
    }

    private Pieces find(OptionalInt index, String id, String name) {
        for (Pieces call : calls.reversed()) {
            boolean isOther = !id.isEmpty() && !call.id.isEmpty() && !call.id.equals(id);
            boolean isNext = index.isEmpty() && id.isEmpty() && !name.isEmpty();
            if (!isOther && !isNext && (call.index.equals(index) || index.isEmpty())) {
                return call;
            }
        }
        Pieces fresh = new Pieces(index);
        calls.add(fresh);
        return fresh;
    }

    /// Forgets the last call where its arguments have no end: the answer was cut inside it, perhaps
    /// before they began.
    void dropCut() {
        if (!calls.isEmpty() && !isObject(calls.getLast().arguments.toString())) {
            calls.removeLast();
        }
    }

    private static boolean isObject(String arguments) {
        try {
            return UpstreamRequests.parse(arguments).isObject();
        } catch (AnswerReader.NonsenseException _) {
            return false;
        }
    }

    /// The calls, each once. One without an id is given one of nine letters and digits.
    List<ToolCall> take() {
        List<ToolCall> whole = new ArrayList<>();
        for (Pieces call : calls) {
            String arguments = call.arguments.isEmpty() ? "{}" : call.arguments.toString();
            String id = call.id.isEmpty() ? freshId() : call.id;
            whole.add(new ToolCall(Optional.of(id), call.name, arguments));
        }
        calls.clear();
        return whole;
    }

    private static String freshId() {
        var id = new StringBuilder();
        for (int i = 0; i < ID_LETTERS; i++) {
            id.append(Character.forDigit(ThreadLocalRandom.current().nextInt(BASE), BASE));
        }
        return id.toString();
    }
}
