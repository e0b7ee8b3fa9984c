package dev.tramontane.engine;

import dev.tramontane.sampling.TokenMask;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A mask whose verdict is a function of the tokens so far.
final class ScriptedMask implements TokenMask {
    private final List<Integer> accepted = new ArrayList<>();
    private final Function<List<Integer>, Verdict> script;

    ScriptedMask(Function<List<Integer>, Verdict> script) {
        this.script = script;
    }

    @Override
    public Verdict next() {
        return script.apply(accepted);
    }

    @Override
    public void accept(int token) {
        accepted.add(token);
    }

    @Override
    public void rollback(int count) {
        accepted.subList(accepted.size() - count, accepted.size()).clear();
    }
}
