package dev.tramontane.chat;

import dev.tramontane.chat.FormatMachine.Sink;
import dev.tramontane.sampling.Phase;
import dev.tramontane.sampling.Phases;
import dev.tramontane.sampling.Rewind;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The phase of a running answer, for the masks that act between two tokens.
///
/// All that the machine looks for is ASCII, so bytes serve as characters here and nothing waits for
/// the end of a character.
final class FormatPhases implements Phases {
    /// @param machine where the answer is
    /// @param tail the last four bytes of its text, the last one lowest
    private record State(FormatMachine.State machine, int tail) {}

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

    private final boolean structured;
    private final Tokenizer tokenizer;
    private final FormatMachine machine;
    private final Rewind<State> earlier = new Rewind<>();
    private int tail;

    /// Of free answers.
    FormatPhases(Tokenizer tokenizer, ThinkingFormat format) {
        this(tokenizer, format, false);
    }

    /// @param structured whether the answer is held to a form
    FormatPhases(Tokenizer tokenizer, ThinkingFormat format, boolean structured) {
        this.structured = structured;
        this.tokenizer = tokenizer;
        this.machine = new FormatMachine(tokenizer, format, structured);
    }

    @Override
    public Phase phase() {
        Phase phase = machine.phase();
        return structured && phase != Phase.THINKING ? Phase.STRUCTURED : phase;
    }

    @Override
    public Pause pause() {
        int last = tail & 0xff;
        int before = tail >>> 8 & 0xff;
        if (last == '\n') {
            return Pause.LINE;
        }
        boolean ends =
                switch (last) {
                    case '!', '?' -> true;
                    case '.' -> !isDigit(before); // 3.14, and the numbers of lists
                    default -> isWideEnd(tail);
                };
        return ends ? Pause.SENTENCE : Pause.NONE;
    }

    private static boolean isDigit(int letter) {
        return letter >= '0' && letter <= '9';
    }

    /// Full stop, exclamation and question mark of Chinese and Japanese; Arabic's question mark.
    private static boolean isWideEnd(int tail) {
        int three = tail & 0xffffff;
        return three == 0xe38082
                || three == 0xefbc81
                || three == 0xefbc9f
                || (tail & 0xffff) == 0xd89f;
    }

    /// What has come of a text that may yet open the thinking; empty where none can any more.
    Optional<String> opening() {
        return machine.opening();
    }

    byte[] bytesOf(int token) {
        return tokenizer.bytesOf(token);
    }

    @Override
    public boolean isAnswering() {
        return machine.isAnswering();
    }

    @Override
    public boolean wouldClose(int token) {
        FormatMachine.State before = machine.state();
        feed(token);
        boolean closes = machine.isClosing();
        machine.restore(before);
        return closes;
    }

    @Override
    public void accept(int token) {
        earlier.before(new State(machine.state(), tail));
        for (byte one : feed(token)) {
            tail = tail << 8 | (one & 0xff);
        }
    }

    /// @return the token's bytes
    private byte[] feed(int token) {
        if (machine.isMark(token)) {
            machine.special(token, NOBODY);
            return new byte[0];
        }
        byte[] bytes = tokenizer.bytesOf(token);
        machine.text(new String(bytes, StandardCharsets.ISO_8859_1), NOBODY);
        return bytes;
    }

    @Override
    public void rollback(int count) {
        if (count > 0) {
            State before = earlier.takeBack(count);
            machine.restore(before.machine);
            tail = before.tail;
        }
    }
}
