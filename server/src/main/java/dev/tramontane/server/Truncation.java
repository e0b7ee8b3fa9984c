package dev.tramontane.server;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.wire.Responses;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Leaves out the oldest turns of a conversation that is too long, where the request wants that
/// (`"truncation":"auto"`): what stands above the conversation stays, and so does the last turn.
///
/// @param model that tells how long it is; empty for one elsewhere, whose server may see to it
record Truncation(Optional<LocalModel> model) {
    /// What the answer has room for at least is this part of the context, or what it may take.
    private static final int ROOM = 4;

    static Truncation of(ServedModel served) {
        return new Truncation(served.local());
    }

    /// @throws InvalidRequestException when the model's format cannot write the request
    Responses.Request fitted(Responses.Request request) {
        if (!request.truncates() || model.isEmpty()) {
            return request;
        }
        try {
            return fits(request) ? request : shortened(request);
        } catch (InvalidRequestException refusal) {
            throw request.told(refusal);
        }
    }

    private Responses.Request shortened(Responses.Request request) {
        List<Message> messages = request.chat().messages();
        int first = 0;
        while (first < messages.size() && messages.get(first) instanceof Message.SystemMessage) {
            first++;
        }
        List<Integer> turns = turns(messages, first);
        // the fewest turns to leave out: the more, the shorter
        int least = 0;
        int most = turns.size() - 1;
        while (least < most) {
            int middle = (least + most) / 2;
            if (fits(request.without(first, turns.get(middle)))) {
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        return turns.isEmpty() ? request : request.without(first, turns.get(most));
    }

    /// Where turns begin, the first left out, which is no place to cut.
    private static List<Integer> turns(List<Message> messages, int first) {
        List<Integer> turns = new ArrayList<>();
        for (int i = first + 1; i < messages.size(); i++) {
            if (messages.get(i) instanceof Message.UserMessage) {
                turns.add(i);
            }
        }
        return turns;
    }

    private boolean fits(Responses.Request request) {
        LocalModel local = model.orElseThrow();
        ChatRequest chat = request.chat();
        int most = chat.sampling().orElseGet(local::sampling).maxTokens();
        int room = Math.max(1, Math.min(most, local.context() / ROOM));
        return local.prompt(chat).length + room <= local.context();
    }
}
