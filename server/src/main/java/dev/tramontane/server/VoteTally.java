package dev.tramontane.server;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.Votes;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How the votes of an answer stood at its end: `"votes":[{"answer","count"}…]` and `"agreement"`.
final class VoteTally {
    private @Nullable Votes votes;
    private int events;

    void take(ChatEvent event) {
        if (event instanceof ChatEvent.Voted(Votes now)) {
            votes = now;
            events++;
        }
    }

    /// How many answers were asked for, and how many of them it took: `"samples"` and
    /// `"samples_finished"`. Nothing where there was no vote.
    void tellSamples(ObjectNode body) {
        if (votes != null) {
            body.put("samples", votes.samples()).put("samples_finished", votes.finished());
        }
    }

    /// How often it changed.
    int events() {
        return events;
    }

    /// Nothing where there was no vote.
    void tell(ObjectNode body) {
        if (votes == null) {
            return;
        }
        ArrayNode list = body.putArray("votes");
        for (Votes.Count count : votes.counts()) {
            list.addObject().put("answer", count.answer()).put("count", count.count());
        }
        body.put("agreement", votes.agreement());
    }
}
