package dev.tramontane.chat;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.grammar.GrammarMask;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Rewind;
import dev.tramontane.sampling.TokenMask;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;

/// Holds an answer to its form: the request's response format, whether calls may or must come, and
/// within each call its parts, of which the names are always those of the request's tools.
///
/// Calls are those that a mark of the vocabulary opens. The mark itself is always allowed where a
/// call is: an answer under a grammar may be a call instead, unless the request has no tools.
final class AnswerForm implements TokenMask {
    private static final int NOWHERE = -1;

    /// The part of the call that the next token falls into.
    private enum Part {
        OUTSIDE,
        NAME,
        ID,
        ARGUMENTS
    }

    /// What holds one part of one call to its grammar, and how many tokens it was told of.
    private static final class Held {
        private final GrammarMask mask;
        private int told;

        Held(GrammarMask mask) {
            this.mask = mask;
        }

        void accept(int token) {
            mask.accept(token);
            told++;
        }
    }

    /// @param name of the tool, as far as it has come
    /// @param calls that have begun
    /// @param held what the part is held to; null for nothing
    /// @param told tokens that it was told of
    /// @param thought whether there was thinking
    private record State(
            Part part, String name, int calls, @Nullable Held held, int told, boolean thought) {}

    private final FormatPhases phases;
    private final CallMarks marks;
    private final CallPlan plan;
    private final Optional<GrammarMask> format;
    private final Rewind<State> earlier = new Rewind<>();
    private final BitSet allowed = new BitSet();
    private State state;

    /// @param plan what calls are held to
    /// @param format what an answer without calls is held to; empty for nothing
    AnswerForm(FormatPhases phases, CallMarks marks, CallPlan plan, Optional<GrammarMask> format) {
        this.phases = phases;
        this.marks = marks;
        this.plan = plan;
        this.format = format;
        this.state = new State(Part.OUTSIDE, "", 0, null, 0, phases.phase() == Phase.THINKING);
    }

    @Override
    public Verdict next() {
        if (phases.phase() == Phase.THINKING) {
            return format.isPresent() ? format.get().next() : Verdict.ANY;
        }
        return switch (state.part) {
            case OUTSIDE -> outside();
            case NAME, ID, ARGUMENTS -> inside();
        };
    }

    private Verdict outside() {
        if (plan.mustCall() && state.calls == 0) {
            return call();
        }
        Verdict verdict = format.isPresent() ? format.get().next() : Verdict.ANY;
        if (!plan.mayCall() || marks.call() == NOWHERE || phases.isAnswering()) {
            return verdict;
        }
        return switch (verdict) {
            case Verdict.Only(BitSet tokens) -> {
                allowed.clear();
                allowed.or(tokens);
                allowed.set(marks.call());
                yield new Verdict.Only(allowed);
            }
            case Verdict.Force(int token) -> {
                only(token).set(marks.call());
                yield new Verdict.Only(allowed);
            }
            case Verdict.Any _, Verdict.Except _, Verdict.End _ -> verdict;
        };
    }

    /// A call must come, or the thinking before it.
    private Verdict call() {
        if (state.thought || phases.isAnswering() || !plan.mayThink()) {
            return new Verdict.Force(marks.call());
        }
        allowed.clear();
        Optional<String> opening = phases.opening();
        if (opening.isEmpty() || opening.get().isBlank()) {
            allowed.set(marks.call());
        }
        plan.addOpeners(opening.orElse(""), allowed);
        return new Verdict.Only(allowed);
    }

    private BitSet only(int token) {
        allowed.clear();
        allowed.set(token);
        return allowed;
    }

    /// Within a part: what its grammar allows, and where it is complete, what follows it.
    private Verdict inside() {
        Held held = state.held;
        if (held == null || held.mask.isBroken()) {
            return Verdict.ANY;
        }
        Verdict verdict = held.mask.next();
        if (!held.mask.mayEnd()) {
            return verdict;
        }
        allowed.clear();
        switch (verdict) {
            case Verdict.Only(BitSet tokens) -> allowed.or(tokens);
            case Verdict.Force(int token) -> allowed.set(token);
            case Verdict.Any _, Verdict.Except _, Verdict.End _ -> {}
        }
        marks.ends().forEach(allowed::clear);
        switch (state.part) {
            case OUTSIDE -> {}
            case NAME -> marks.addBehindName(allowed);
            case ID -> allowed.set(marks.arguments());
            case ARGUMENTS -> {
                marks.ends().forEach(allowed::set);
                if (plan.parallel() && marks.format() != CallFormat.JSON_LIST) {
                    allowed.set(marks.call());
                }
            }
        }
        return new Verdict.Only(allowed);
    }

    @Override
    public void accept(int token) {
        earlier.before(state);
        format.ifPresent(mask -> mask.accept(token));
        boolean thought = state.thought || phases.phase() == Phase.THINKING;
        if (token == marks.call() && phases.phase() == Phase.STRUCTURED) {
            boolean list = marks.format() == CallFormat.JSON_LIST;
            Part part = list ? Part.ARGUMENTS : Part.NAME;
            Optional<GrammarMask> held = list ? plan.list() : plan.names();
            state = begin(part, "", state.calls + 1, held, thought);
        } else if (state.part == Part.NAME && token == marks.id()) {
            state = begin(Part.ID, state.name, state.calls, plan.ids(), thought);
        } else if ((state.part == Part.NAME || state.part == Part.ID)
                && token == marks.arguments()) {
            state =
                    begin(
                            Part.ARGUMENTS,
                            state.name,
                            state.calls,
                            plan.arguments(state.name),
                            thought);
        } else {
            goOn(token, thought);
        }
    }

    private static State begin(
            Part part, String name, int calls, Optional<GrammarMask> mask, boolean thought) {
        return new State(part, name, calls, mask.map(Held::new).orElse(null), 0, thought);
    }

    private void goOn(int token, boolean thought) {
        Held held = state.held;
        if (held != null) {
            held.accept(token);
        }
        String name =
                state.part == Part.NAME
                        ? state.name
                                + new String(phases.bytesOf(token), StandardCharsets.ISO_8859_1)
                        : state.name;
        int told = held == null ? 0 : held.told;
        state = new State(state.part, name, state.calls, held, told, thought);
    }

    @Override
    public void rollback(int count) {
        if (count == 0) {
            return;
        }
        format.ifPresent(mask -> mask.rollback(count));
        state = earlier.takeBack(count);
        Held held = state.held;
        if (held != null && held.told > state.told) {
            held.mask.rollback(held.told - state.told);
            held.told = state.told;
        }
    }
}
