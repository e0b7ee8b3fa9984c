package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The filter, run by a little machine of our own that knows what the kernel's does with these
/// instructions.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SystemCallFilterTest {
    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int EPERM = 0x00050001;
    private static final int ENOSYS = 0x00050026;
    private static final int PRETEND = 0x00050000;

    private static int decide(SystemCallFilter filter, int audit, int number, long... arguments) {
        var data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        data.putInt(0, number).putInt(4, audit);
        for (int i = 0; i < arguments.length; i++) {
            data.putLong(16 + 8 * i, arguments[i]);
        }
        var code = ByteBuffer.wrap(filter.bytes()).order(ByteOrder.nativeOrder());
        int accumulator = 0;
        for (int at = 0; ; at++) {
            int kind = code.getShort(8 * at);
            int ifTrue = Byte.toUnsignedInt(code.get(8 * at + 2));
            int ifFalse = Byte.toUnsignedInt(code.get(8 * at + 3));
            int value = code.getInt(8 * at + 4);
            switch (kind) {
                case 0x20 -> accumulator = data.getInt(value);
                case 0x54 -> accumulator &= value;
                case 0x15 -> at += accumulator == value ? ifTrue : ifFalse;
                case 0x35 ->
                        at += Integer.compareUnsigned(accumulator, value) >= 0 ? ifTrue : ifFalse;
                case 0x06 -> {
                    return value;
                }
                default -> throw new IllegalStateException("instruction " + kind);
            }
        }
    }

    private static int ofProgram(Architecture architecture, SystemCall call, long... arguments) {
        return decide(
                SystemCallFilter.forProgram(architecture),
                architecture.audit(),
                call.number(architecture).orElseThrow(),
                arguments);
    }

    private static int ofDriver(Architecture architecture, SystemCall call, long... arguments) {
        return decide(
                SystemCallFilter.forDriver(architecture),
                architecture.audit(),
                call.number(architecture).orElseThrow(),
                arguments);
    }

    @ParameterizedTest
    @EnumSource
    void what_is_refused_is_refused_whatever_its_arguments(Architecture architecture) {
        for (SystemCall call : RefusedCalls.TO_ALL) {
            if (call.number(architecture).isPresent()) {
                assertEquals(EPERM, ofProgram(architecture, call), call::toString);
                assertEquals(
                        EPERM,
                        ofProgram(architecture, call, -1, -1, -1, -1, -1, -1),
                        call::toString);
                assertEquals(EPERM, ofDriver(architecture, call), call::toString);
            }
        }
        for (SystemCall call : RefusedCalls.TO_PROGRAMS) {
            if (call.number(architecture).isPresent()) {
                assertEquals(EPERM, ofProgram(architecture, call), call::toString);
                assertEquals(ALLOW, ofDriver(architecture, call), call::toString);
            }
        }
        for (SystemCall call : RefusedCalls.PRETENDED) {
            if (call.number(architecture).isPresent()) {
                assertEquals(PRETEND, ofProgram(architecture, call), call::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_nobody_names_is_allowed_as_far_as_it_is_known(Architecture architecture) {
        SystemCallFilter filter = SystemCallFilter.forProgram(architecture);
        int read = architecture == Architecture.X86_64 ? 0 : 63;
        assertEquals(ALLOW, decide(filter, architecture.audit(), read));
        assertEquals(ALLOW, decide(filter, architecture.audit(), 450));
        assertEquals(ENOSYS, decide(filter, architecture.audit(), 451));
        assertEquals(ENOSYS, decide(filter, architecture.audit(), 100_000));
        assertEquals(ENOSYS, ofProgram(architecture, SystemCall.CLONE3));
        assertEquals(ENOSYS, ofProgram(architecture, SystemCall.OPENAT2));
    }

    @ParameterizedTest
    @EnumSource
    void the_doors_of_other_architectures_are_closed(Architecture architecture) {
        SystemCallFilter filter = SystemCallFilter.forProgram(architecture);
        int i386 = 0x40000003;
        assertEquals(KILL, decide(filter, i386, 3));
        for (Architecture other : Architecture.values()) {
            assertEquals(
                    other == architecture ? ALLOW : KILL, decide(filter, other.audit(), 64 - 1));
        }
        assertEquals(KILL, decide(filter, architecture.audit(), 0x40000000));
        assertEquals(KILL, decide(filter, architecture.audit(), 0x40000000 | 520));
        assertEquals(KILL, decide(filter, architecture.audit(), -1));
    }

    @ParameterizedTest
    @EnumSource
    void threads_are_allowed_and_processes_are_the_drivers(Architecture architecture) {
        long thread = 0x3d0f00; // as the C library starts one
        long process = 0x1200011;
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.CLONE, thread));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.CLONE, process));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.CLONE, 17));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.CLONE, 0));
        assertEquals(ALLOW, ofDriver(architecture, SystemCall.CLONE, process));
        for (long namespace = 0x02000000; namespace <= 0x40000000; namespace <<= 1) {
            assertEquals(EPERM, ofProgram(architecture, SystemCall.CLONE, thread | namespace));
            assertEquals(EPERM, ofDriver(architecture, SystemCall.CLONE, process | namespace));
        }
        assertEquals(EPERM, ofDriver(architecture, SystemCall.CLONE, process | 0x00020000));
    }

    @ParameterizedTest
    @EnumSource
    void numbers_among_the_arguments_decide(Architecture architecture) {
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.PRLIMIT64, 0, 9));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.PRLIMIT64, 1, 9));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.PERSONALITY, 0xFFFFFFFFL));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.PERSONALITY, 0x0040000));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.SOCKETPAIR, 1, 1 | 0x80800));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.SOCKETPAIR, 1, 2));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.SOCKETPAIR, 2, 1));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.SENDTO, 3, 1 << 20, 8, 0, 0, 0));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.SENDTO, 3, 1 << 20, 8, 0, 16, 16));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.SENDTO, 3, 1, 8, 0, 1L << 32, 16));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.FALLOCATE, 3, 0, 0, 1 << 20));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.FALLOCATE, 3, 1, 0, 1 << 20));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.FCNTL, 0, 3));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.FCNTL, 0, 8));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.IOCTL, 0, 0x5401));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.IOCTL, 0, 0x5412));
        // the kernel reads the lower word alone
        assertEquals(EPERM, ofProgram(architecture, SystemCall.IOCTL, 0, 0x1_0000_5412L));
        assertEquals(ALLOW, ofProgram(architecture, SystemCall.PRCTL, 15));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.PRCTL, 1));
        assertEquals(EPERM, ofProgram(architecture, SystemCall.PRCTL, 22));
        assertEquals(ALLOW, ofDriver(architecture, SystemCall.PRCTL, 1));
        assertEquals(ALLOW, ofDriver(architecture, SystemCall.PRCTL, 22));
        assertEquals(EPERM, ofDriver(architecture, SystemCall.PRCTL, 35));
    }
}
