package dev.tramontane.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Zeroed memory that takes room, and time, only where it is used.
///
/// An arena's own allocation writes zeros over all of it: seconds for the gigabytes of a cache,
/// most of which a short conversation never touches. C's `calloc` takes large pieces straight from
/// the operating system, whose fresh pages are zero without being written. It needs native access,
/// which the launcher grants (`--enable-native-access`); without it the arena allocates.
public final class LazyMemory {
    private LazyMemory() {}

    /// @return exactly `bytes` bytes, freed when the arena is closed
    /// @throws IllegalArgumentException when the memory cannot be had
    public static MemorySegment allocate(Arena arena, long bytes, long alignmentBytes) {
        try {
            return LazyMemory.class.getModule().isNativeAccessEnabled()
                    ? calloc(arena, bytes, alignmentBytes)
                    : arena.allocate(bytes, alignmentBytes);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "%d bytes more are needed, which the machine does not give; ask for a smaller context or a smaller model, or for more memory with -XX:MaxDirectMemorySize"
                            .formatted(bytes),
                    e);
        }
    }

    @SuppressWarnings("restricted") // the size given to reinterpret is the one that was allocated
    private static MemorySegment calloc(Arena arena, long bytes, long alignmentBytes) {
        Linker linker = Linker.nativeLinker();
        MethodHandle calloc =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("calloc"),
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        MethodHandle free =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("free"),
                        FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        long padded = Math.addExact(bytes, alignmentBytes);
        var start = (MemorySegment) call(calloc, 1L, padded);
        if (start.address() == 0) {
            throw new OutOfMemoryError("calloc of " + padded + " bytes");
        }
        MemorySegment all = start.reinterpret(padded, arena, memory -> call(free, memory));
        long skipped = -start.address() & (alignmentBytes - 1);
        return all.asSlice(skipped, bytes);
    }

    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (Throwable e) { // neither function throws
            throw new AssertionError(e);
        }
    }
}
