package dev.tramontane.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Puts machine code where the processor may run it: mapped writable, written, then made executable
/// and read-only, so that no page is ever both (W^X).
///
/// Functions follow the System V calling convention of x86-64: arguments in `rdi`, `rsi`, `rdx` and
/// `rcx`. The memory is unmapped when the arena closes. POSIX `mmap`, `mprotect`, `munmap`; nothing
/// here works on Windows.
final class ExecutableMemory {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final long FAILED = -1;

    private static final FunctionDescriptor OF_ONE_LONG =
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor OF_A_LONG_AND_THREE_ARRAYS =
            FunctionDescriptor.ofVoid(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS);

    private final Arena arena;
    private final Linker linker = Linker.nativeLinker();
    private final MethodHandle mmap;
    private final MethodHandle mprotect;
    private final MethodHandle munmap;
    private final int anonymous;

    /// @param arena owns the pages; shared where several threads run the code
    ExecutableMemory(Arena arena) {
        this.arena = arena;
        mmap =
                function(
                        "mmap",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG));
        mprotect =
                function(
                        "mprotect",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT));
        munmap =
                function(
                        "munmap",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG));
        anonymous = System.getProperty("os.name").startsWith("Mac") ? 0x1000 : 0x20;
    }

    @SuppressWarnings("restricted") // signatures as POSIX has them
    private MethodHandle function(String name, FunctionDescriptor signature) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature);
    }

    /// Makes a function of the code.
    ///
    /// @return takes one long, returns nothing; usable until the arena closes
    /// @throws UnsupportedOperationException when the system refuses the memory, or making it
    ///   executable
    @SuppressWarnings("restricted") // the code takes one long
    MethodHandle load(byte[] code) {
        return linker.downcallHandle(runnable(code), OF_ONE_LONG);
    }

    /// Makes a function of code that works on Java's arrays where they are: no collector moves
    /// anything while it runs, so it must be short.
    ///
    /// @return takes one long and three segments, of arrays or not, returns nothing; usable until
    ///   the arena closes
    /// @throws UnsupportedOperationException as {@link #load}
    @SuppressWarnings("restricted") // the code takes one long and three addresses
    MethodHandle loadForArrays(byte[] code) {
        return linker.downcallHandle(
                runnable(code), OF_A_LONG_AND_THREE_ARRAYS, Linker.Option.critical(true));
    }

    @SuppressWarnings("restricted") // the segment is as large as the mapping
    private MemorySegment runnable(byte[] code) {
        long start = mapped(code.length);
        MemorySegment memory =
                MemorySegment.ofAddress(start)
                        .reinterpret(code.length, arena, all -> unmap(start, code.length));
        MemorySegment.copy(code, 0, memory, ValueLayout.JAVA_BYTE, 0, code.length);
        int refused;
        try {
            refused = (int) mprotect.invokeExact(start, (long) code.length, PROT_READ | PROT_EXEC);
        } catch (Throwable e) {
            throw new AssertionError(e); // C functions throw nothing
        }
        if (refused != 0) {
            throw new UnsupportedOperationException(
                    "the system refuses to make memory executable (mprotect)");
        }
        return memory;
    }

    private long mapped(int bytes) {
        long start;
        try {
            start =
                    (long)
                            mmap.invokeExact(
                                    0L,
                                    (long) bytes,
                                    PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | anonymous,
                                    -1,
                                    0L);
        } catch (Throwable e) {
            throw new AssertionError(e); // C functions throw nothing
        }
        if (start == FAILED) {
            throw new UnsupportedOperationException("the system gives no memory for code (mmap)");
        }
        return start;
    }

    private void unmap(long start, long bytes) {
        try {
            int ignored = (int) munmap.invokeExact(start, bytes);
        } catch (Throwable e) {
            throw new AssertionError(e); // C functions throw nothing
        }
    }
}
