package dev.tramontane.sampling;

import java.util.ArrayList;
import java.util.List;

/// Thinking from OPEN to CLOSE, a fenced block from FENCE to FENCE, all else an answer.
final class MarkedPhases implements Phases {
    static final int OPEN = 1;
    static final int CLOSE = 2;
    static final int FENCE = 3;

    private final List<Phase> phases = new ArrayList<>(List.of(Phase.ANSWER));

    @Override
    public Phase phase() {
        return phases.getLast();
    }

    @Override
    public void accept(int token) {
        phases.add(
                switch (token) {
                    case OPEN -> Phase.THINKING;
                    case CLOSE -> Phase.ANSWER;
                    case FENCE -> phase() == Phase.FENCE ? Phase.ANSWER : Phase.FENCE;
                    default -> phase();
                });
    }

    @Override
    public void rollback(int count) {
        phases.subList(phases.size() - count, phases.size()).clear();
    }
}
