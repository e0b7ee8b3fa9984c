package dev.tramontane.chat;

import dev.tramontane.chat.FormatMachine.Sink;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// The phase of a running answer, for the masks that act between two tokens.
///
/// All that the machine looks for is ASCII, so bytes serve as characters here and nothing waits for
/// the end of a character.
final class FormatPhases implements Phases {
    /// Tokens that can be taken back; drafts are far shorter.
    static final int LONGEST_ROLLBACK = 256;

    private static final Sink NOBODY =
            new Sink() {
                @Override
                public void thinkingOpened() {}

                @Override
                public void thinking(String text) {}

                @Override
                public void thinkingClosed() {}

                @Override
                public void answer(String text) {}

                @Override
                public void callMark(SpecialToken mark) {}

                @Override
                public void call(String text) {}

                @Override
                public void misplaced(String mark) {}
            };

    private final Tokenizer tokenizer;
    private final FormatMachine machine;
    private final Deque<FormatMachine.State> earlier = new ArrayDeque<>();

    FormatPhases(Tokenizer tokenizer, ThinkingFormat format) {
        this.tokenizer = tokenizer;
        this.machine = new FormatMachine(tokenizer, format);
    }

    @Override
    public Phase phase() {
        return machine.phase();
    }

    @Override
    public void accept(int token) {
        earlier.addLast(machine.state());
        if (earlier.size() > LONGEST_ROLLBACK) {
            earlier.removeFirst();
        }
        if (machine.isMark(token)) {
            machine.special(token, NOBODY);
        } else {
            machine.text(new String(tokenizer.bytesOf(token), StandardCharsets.ISO_8859_1), NOBODY);
        }
    }

    @Override
    public void rollback(int count) {
        if (count > earlier.size()) {
            throw new IllegalArgumentException(
                    "cannot take back "
                            + count
                            + " tokens, only the last "
                            + earlier.size()
                            + " are remembered");
        }
        for (int i = 0; i < count; i++) {
            machine.restore(earlier.removeLast());
        }
    }
}
