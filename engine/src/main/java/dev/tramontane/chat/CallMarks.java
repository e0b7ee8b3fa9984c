package dev.tramontane.chat;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.util.BitSet;
import java.util.Set;

/// The tokens that calls are made of.
///
/// @param format how they are put together
/// @param call begins a call; −1 where the vocabulary has no such mark
/// @param id stands before a call's id; −1 for none
/// @param arguments stands before its arguments; −1 for none
/// @param ends end an answer
record CallMarks(CallFormat format, int call, int id, int arguments, Set<Integer> ends) {
    CallMarks {
        ends = Set.copyOf(ends);
    }

    static CallMarks of(Tokenizer tokenizer, CallFormat format) {
        return new CallMarks(
                format,
                tokenizer.special(SpecialToken.TOOL_CALLS).orElse(-1),
                tokenizer.special(SpecialToken.CALL_ID).orElse(-1),
                tokenizer.special(SpecialToken.ARGS).orElse(-1),
                tokenizer.stopTokens());
    }

    /// Whether calls can be told by their marks.
    boolean known() {
        return call >= 0 && (format == CallFormat.JSON_LIST || arguments >= 0);
    }

    /// Allows what follows a name.
    void addBehindName(BitSet allowed) {
        allowed.set(arguments);
        if (format == CallFormat.NAME_ID_ARGUMENTS && id >= 0) {
            allowed.set(id);
        }
    }
}
