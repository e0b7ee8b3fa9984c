package dev.tramontane.tools.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// A program in the kernel's filter language that decides over each system call of a sandboxed
/// process.
///
/// Classic BPF over `struct seccomp_data` (linux/seccomp.h): `int nr; u32 arch; u64 ip; u64
/// args[6]`. A call through another architecture's door (32-bit, x32) ends the process; a refused
/// call fails with `EPERM`, an unknown one with `ENOSYS`, as on a kernel that does not have it. An
/// argument is looked at only where it is a number: what a pointer points to may change behind the
/// filter's back.
final class SystemCallFilter {
    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K

    private static final int ALLOW = 0x7fff0000;
    private static final int KILL = 0x80000000;
    private static final int FAIL = 0x00050000;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int ARGUMENTS = 16;
    private static final int X32 = 0x40000000;

    private static final int CLONE_THREAD = 0x00010000;
    // NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    private static final int CLONE_NAMESPACES = 0x7E020000;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCKET_KINDS = 0xF; // the rest of the word is flags
    private static final int ITSELF = 0;
    private static final int ASK = -1; // personality(0xffffffff) changes nothing

    /// `fcntl` commands that send signals elsewhere or make other processes wait: F_SETOWN,
    /// F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY.
    private static final Set<Integer> FILE_COMMANDS = Set.of(8, 10, 15, 1024, 1026);

    /// `ioctl` commands: FIOSETOWN, SIOCSPGRP, TIOCSTI (types into a terminal), TIOCSCTTY,
    /// TIOCLINUX, TIOCSETD.
    private static final Set<Integer> DEVICE_COMMANDS =
            Set.of(0x8901, 0x8902, 0x5412, 0x540E, 0x541C, 0x5423);

    /// `prctl` options that a program may use: dumpable?, name and its reading, capabilities'
    /// reading, no_new_privs?, names of memory.
    private static final Set<Integer> PROGRAMS_OPTIONS = Set.of(3, 15, 16, 23, 39, 0x53564d41);

    /// What the driver needs beside: to die with its parent, and to put a filter over its children.
    private static final Set<Integer> DRIVERS_OPTIONS = Set.of(1, 22);

    private record Instruction(int code, int ifTrue, int ifFalse, int value) {}

    private final Architecture architecture;
    private final List<Instruction> instructions = new ArrayList<>();

    private SystemCallFilter(Architecture architecture) {
        this.architecture = architecture;
    }

    /// For a program nobody trusts: one process, which may have threads.
    static SystemCallFilter forProgram(Architecture architecture) {
        var filter = begun(architecture);
        RefusedCalls.TO_PROGRAMS.forEach(call -> filter.answer(call, FAIL | EPERM));
        filter.allowIf(SystemCall.CLONE, 0, CLONE_THREAD | CLONE_NAMESPACES, Set.of(CLONE_THREAD));
        filter.allowIf(SystemCall.PRCTL, 0, ~0, PROGRAMS_OPTIONS);
        return filter.ended();
    }

    /// For our own driver around it, which starts processes, puts the program's filter over them,
    /// and ends them.
    static SystemCallFilter forDriver(Architecture architecture) {
        var filter = begun(architecture);
        filter.allowIf(SystemCall.CLONE, 0, CLONE_NAMESPACES, Set.of(0));
        var options = new ArrayList<>(PROGRAMS_OPTIONS);
        options.addAll(DRIVERS_OPTIONS);
        filter.allowIf(SystemCall.PRCTL, 0, ~0, options);
        return filter.ended();
    }

    /// `struct sock_filter[]`, eight bytes each, as the kernel takes it.
    byte[] bytes() {
        var bytes = ByteBuffer.allocate(8 * instructions.size()).order(ByteOrder.nativeOrder());
        for (Instruction each : instructions) {
            bytes.putShort((short) each.code);
            bytes.put((byte) each.ifTrue).put((byte) each.ifFalse).putInt(each.value);
        }
        return bytes.array();
    }

    private static SystemCallFilter begun(Architecture architecture) {
        var filter = new SystemCallFilter(architecture);
        filter.add(LOAD, 0, 0, ARCHITECTURE);
        filter.add(IF_EQUAL, 1, 0, architecture.audit());
        filter.add(RETURN, 0, 0, KILL);
        filter.add(LOAD, 0, 0, NUMBER);
        filter.add(IF_AT_LEAST, 0, 1, X32);
        filter.add(RETURN, 0, 0, KILL);
        filter.add(IF_AT_LEAST, 0, 1, SystemCall.FIRST_UNKNOWN);
        filter.add(RETURN, 0, 0, FAIL | ENOSYS);
        RefusedCalls.TO_ALL.forEach(call -> filter.answer(call, FAIL | EPERM));
        RefusedCalls.PRETENDED.forEach(call -> filter.answer(call, FAIL));
        // Its flags lie behind a pointer; without it the C library takes the older clone.
        filter.answer(SystemCall.CLONE3, FAIL | ENOSYS);
        filter.answer(SystemCall.OPENAT2, FAIL | ENOSYS);
        filter.allowIf(SystemCall.PRLIMIT64, 0, ~0, Set.of(ITSELF));
        filter.allowIf(SystemCall.PERSONALITY, 0, ~0, Set.of(ASK));
        // Any other way takes blocks from the disk that no file's size shows.
        filter.allowIf(SystemCall.FALLOCATE, 1, ~0, Set.of(0));
        filter.refuseIf(SystemCall.FCNTL, 1, FILE_COMMANDS);
        filter.refuseIf(SystemCall.IOCTL, 1, DEVICE_COMMANDS);
        filter.pairsOfStreamsOnly();
        filter.noAddressInSendto();
        return filter;
    }

    private SystemCallFilter ended() {
        add(RETURN, 0, 0, ALLOW);
        return this;
    }

    private void answer(SystemCall call, int answer) {
        OptionalInt number = call.number(architecture);
        if (number.isPresent()) {
            add(IF_EQUAL, 0, 1, number.getAsInt());
            add(RETURN, 0, 0, answer);
        }
    }

    /// Allows a call if the lower word of an argument, under a mask, is one of some values.
    private void allowIf(SystemCall call, int argument, int mask, Collection<Integer> values) {
        compare(call, argument, mask, values, ALLOW, FAIL | EPERM);
    }

    /// The upper word is ignored, as the kernel does: these commands are ints.
    private void refuseIf(SystemCall call, int argument, Collection<Integer> values) {
        compare(call, argument, ~0, values, FAIL | EPERM, ALLOW);
    }

    private void compare(
            SystemCall call,
            int argument,
            int mask,
            Collection<Integer> values,
            int ifAny,
            int otherwise) {
        OptionalInt number = call.number(architecture);
        if (number.isEmpty()) {
            return;
        }
        add(IF_EQUAL, 0, 3 + 2 * values.size(), number.getAsInt());
        add(LOAD, 0, 0, lowerWord(argument));
        add(AND, 0, 0, mask);
        for (int value : values) {
            add(IF_EQUAL, 0, 1, value);
            add(RETURN, 0, 0, ifAny);
        }
        add(RETURN, 0, 0, otherwise);
    }

    /// Event loops wake themselves by a pair of sockets. A pair of streams reaches nobody else; a
    /// pair for datagrams could send to any address.
    private void pairsOfStreamsOnly() {
        add(IF_EQUAL, 0, 8, SystemCall.SOCKETPAIR.number(architecture).orElseThrow());
        add(LOAD, 0, 0, lowerWord(0));
        add(IF_EQUAL, 1, 0, AF_UNIX);
        add(RETURN, 0, 0, FAIL | EPERM);
        add(LOAD, 0, 0, lowerWord(1));
        add(AND, 0, 0, SOCKET_KINDS);
        add(IF_EQUAL, 1, 0, SOCK_STREAM);
        add(RETURN, 0, 0, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
    }

    private void noAddressInSendto() {
        add(IF_EQUAL, 0, 7, SystemCall.SENDTO.number(architecture).orElseThrow());
        add(LOAD, 0, 0, lowerWord(4));
        add(IF_EQUAL, 1, 0, 0);
        add(RETURN, 0, 0, FAIL | EPERM);
        add(LOAD, 0, 0, lowerWord(4) + 4);
        add(IF_EQUAL, 1, 0, 0);
        add(RETURN, 0, 0, FAIL | EPERM);
        add(RETURN, 0, 0, ALLOW);
    }

    /// Both architectures are little-endian.
    private static int lowerWord(int argument) {
        return ARGUMENTS + 8 * argument;
    }

    private void add(int code, int ifTrue, int ifFalse, int value) {
        instructions.add(new Instruction(code, ifTrue, ifFalse, value));
    }
}
