package dev.tramontane.model;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/// Bytes that the current thread has allocated on the heap so far.
///
/// The JVM tells through `com.sun.management.ThreadMXBean`, in a module that the engine does not
/// require and tests therefore cannot name: hence reflection, here and nowhere else.
public final class AllocatedBytes {
    private final Object bean;
    private final Method allocated;

    public AllocatedBytes() {
        try {
            bean =
                    Class.forName("java.lang.management.ManagementFactory")
                            .getMethod("getThreadMXBean")
                            .invoke(null);
            allocated =
                    Class.forName("com.sun.management.ThreadMXBean")
                            .getMethod("getCurrentThreadAllocatedBytes");
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no count of allocated bytes", e);
        }
    }

    public long now() {
        try {
            return (long) allocated.invoke(bean);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new LinkageError("no count of allocated bytes", e);
        }
    }
}
