package dev.tramontane.tools.sandbox;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// System calls, made as they are: `syscall(2)` changes rights of the calling thread alone, where
/// the C library's own functions would change every thread of the process.
final class LinuxCalls {
    private static final int EINTR = 4;

    private final Architecture architecture;
    private final MethodHandle syscall;
    private final VarHandle errno;
    private final MemorySegment state;

    @SuppressWarnings("restricted") // calling what is not Java is what this class is for
    LinuxCalls(Architecture architecture, Arena arena) {
        this.architecture = architecture;
        Linker linker = Linker.nativeLinker();
        var word = ValueLayout.JAVA_LONG;
        // long syscall(long number, ...)
        syscall =
                linker.downcallHandle(
                        linker.defaultLookup().find("syscall").orElseThrow(),
                        FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                        Linker.Option.firstVariadicArg(1),
                        Linker.Option.captureCallState("errno"));
        StructLayout captured = Linker.Option.captureStateLayout();
        errno = captured.varHandle(StructLayout.PathElement.groupElement("errno"));
        state = arena.allocate(captured);
    }

    /// @param what for people, should it fail
    /// @return the call's result
    /// @throws LaunchFailure if it is below nought
    long require(String what, SystemCall call, long... arguments) {
        long result = call(call, arguments);
        if (result < 0) {
            throw new LaunchFailure(what + " failed with errno " + -result);
        }
        return result;
    }

    /// @return the call's result, or errno with a minus sign
    long call(SystemCall call, long... arguments) {
        long result;
        do {
            result = once(call, arguments);
        } while (result == -EINTR);
        return result;
    }

    private long once(SystemCall call, long[] arguments) {
        long[] a = new long[6];
        System.arraycopy(arguments, 0, a, 0, arguments.length);
        long number = call.number(architecture).orElseThrow();
        try {
            long result =
                    (long) syscall.invokeExact(state, number, a[0], a[1], a[2], a[3], a[4], a[5]);
            return result < 0 ? -(int) errno.get(state, 0L) : result;
        } catch (Throwable impossible) {
            throw new IllegalStateException("a system call threw", impossible);
        }
    }

    /// A step of the launcher did not succeed, so nothing may be started.
    static final class LaunchFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        LaunchFailure(String message) {
            super(message);
        }
    }
}
