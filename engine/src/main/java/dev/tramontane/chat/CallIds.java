package dev.tramontane.chat;

import dev.tramontane.chat.Message.AssistantMessage;
import dev.tramontane.chat.Message.SystemMessage;
import dev.tramontane.chat.Message.ToolMessage;
import dev.tramontane.chat.Message.UserMessage;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Ids of tool calls: nine letters or digits where a format wants that, whatever a client sends.
///
/// An id that fits stays. Any other becomes nine letters and digits that depend on it alone, so the
/// same id is the same in every turn and after every restart, and a prompt's beginning stays what
/// it was. Should two ids of one conversation meet in the same nine letters, the later takes the
/// next free ones.
final class CallIds {
    static final int LENGTH = 9;

    /// What fits, as an expression.
    static final String PATTERN = "[a-zA-Z0-9]{" + LENGTH + "}";

    private static final Pattern FITS = Pattern.compile(PATTERN);

    private static final String LETTERS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final Map<String, String> known = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    private CallIds() {}

    /// The conversation with ids that fit.
    static List<Message> fitted(List<Message> messages) {
        var ids = new CallIds();
        for (Message message : messages) {
            if (message instanceof AssistantMessage answer) {
                answer.toolCalls().stream()
                        .flatMap(call -> call.id().stream())
                        .filter(CallIds::fits)
                        .forEach(ids.taken::add);
            }
        }
        List<Message> fitted = new ArrayList<>(messages.size());
        for (Message message : messages) {
            fitted.add(
                    switch (message) {
                        case SystemMessage _, UserMessage _ -> message;
                        case AssistantMessage(var content, var calls, boolean prefix) ->
                                new AssistantMessage(
                                        content, calls.stream().map(ids::fit).toList(), prefix);
                        case ToolMessage(var content, var callId, var name) ->
                                new ToolMessage(content, callId.map(ids::fit), name);
                    });
        }
        return fitted;
    }

    private static boolean fits(String id) {
        return FITS.matcher(id).matches();
    }

    private ToolCall fit(ToolCall call) {
        Optional<String> id = call.id();
        return id.isPresent() ? call.named(fit(id.get())) : call;
    }

    private String fit(String id) {
        return fits(id) || id.isEmpty() || id.equals("null")
                ? id // what is none stays so, and is refused by whoever needs one
                : known.computeIfAbsent(id, this::fresh);
    }

    private String fresh(String id) {
        long bits = 0xcbf29ce484222325L; // FNV-1a, 64 bits
        for (byte letter : id.getBytes(StandardCharsets.UTF_8)) {
            bits = (bits ^ (letter & 0xff)) * 0x100000001b3L;
        }
        String fresh = of(bits);
        while (!taken.add(fresh)) {
            fresh = of(++bits);
        }
        return fresh;
    }

    /// Nine letters for a number; numbers that follow each other look nothing alike.
    static String of(long number) {
        long bits = mix(number);
        var id = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            id.append(LETTERS.charAt((int) Long.remainderUnsigned(bits, LETTERS.length())));
            bits = Long.divideUnsigned(bits, LETTERS.length());
        }
        return id.toString();
    }

    /// Stafford's mixer 13.
    private static long mix(long value) {
        long bits = value;
        bits = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        bits = (bits ^ (bits >>> 27)) * 0x94d049bb133111ebL;
        return bits ^ (bits >>> 31);
    }
}
