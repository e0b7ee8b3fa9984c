package dev.tramontane.model;

import dev.tramontane.weights.ModelFormatException;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// One way of opening a file, and what is demanded of it whatever the file holds: it opens, or
/// there is one {@link ModelFormatException}; never another exception, a hang, or memory out of
/// proportion to the file.
interface Opening {
    /// Far above what any of these files takes, far below what nobody would call a hang; the
    /// machine may be busy.
    long MOST_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// Of heap, for a file of any size.
    long MOST_BYTES_FOR_ANY = 4 << 20;

    /// Of heap, for each byte of the file: what a tree of the smallest JSON values takes.
    long MOST_BYTES_FOR_EACH = 100;

    AllocatedBytes ALLOCATED = new AllocatedBytes();

    void open() throws IOException;

    /// Whether the file opens.
    ///
    /// @param what the file, for the message of a failure
    /// @throws AssertionError when neither it opens nor there is one proper refusal
    static boolean of(String what, long fileBytes, Opening opening) throws IOException {
        return of(what, fileBytes, MOST_BYTES_FOR_ANY, opening);
    }

    /// The same with another bound on the heap.
    ///
    /// @param mostBytes whatever the file's size
    static boolean of(String what, long fileBytes, long mostBytes, Opening opening)
            throws IOException {
        long most = mostBytes + MOST_BYTES_FOR_EACH * fileBytes;
        long before = ALLOCATED.now();
        boolean opens = once(what, opening);
        if (ALLOCATED.now() - before > most) { // again: the first time also loads classes
            before = ALLOCATED.now();
            opens = once(what, opening);
        }
        long allocated = ALLOCATED.now() - before;
        if (allocated > most) {
            throw new AssertionError(
                    "%s: %d bytes allocated for a file of %d"
                            .formatted(what, allocated, fileBytes));
        }
        return opens;
    }

    private static boolean once(String what, Opening opening) throws IOException {
        long start = System.nanoTime();
        boolean opens = true;
        try {
            opening.open();
        } catch (ModelFormatException e) {
            opens = false;
            check(what, String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
        long nanos = System.nanoTime() - start;
        if (nanos > MOST_NANOS) {
            throw new AssertionError("%s: took %d ms".formatted(what, nanos / 1_000_000));
        }
        return opens;
    }

    /// A message names a file, says what to do, and stays one line.
    private static void check(String what, String message) {
        boolean proper =
                message.contains(": ")
                        && message.contains("; ")
                        && message.length() < 1000
                        && message.codePoints().noneMatch(Character::isISOControl);
        if (!proper) {
            throw new AssertionError(what + ": " + message);
        }
    }
}
