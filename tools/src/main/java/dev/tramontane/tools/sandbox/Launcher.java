package dev.tramontane.tools.sandbox;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tramontane.tools.sandbox.Confinement.Access;
import dev.tramontane.tools.sandbox.Confinement.Landlock;
import dev.tramontane.tools.sandbox.Confinement.Namespaces;
import dev.tramontane.tools.sandbox.Confinement.Rule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A program of its own: gives up its rights for good, then becomes the program it is to run.
///
/// Everything here happens to one thread, the one that calls `execve` in the end: the new program
/// has that thread's rights, and the virtual machine's other threads end there. Each step must
/// succeed; if one does not, the launcher says which and ends with {@link #FAILED}, and nothing is
/// run.
final class Launcher {
    /// The exit code when a step failed.
    static final int FAILED = 120;

    /// The first Landlock that knows truncation (Linux 6.2).
    private static final int OLDEST_LANDLOCK = 3;

    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SIGKILL = 9;
    private static final int CLOSE_RANGE_CLOEXEC = 4;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int AT_FDCWD = -100;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_PATH = 0x200000;
    private static final int ENOENT = 2;
    private static final int CAPABILITIES_VERSION = 0x20080522;

    // LANDLOCK_ACCESS_FS_… of linux/landlock.h
    private static final long EXECUTE = 1;
    private static final long WRITE_FILE = 1 << 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIR = 1 << 3;
    private static final long REMOVE_DIR = 1 << 4;
    private static final long REMOVE_FILE = 1 << 5;
    private static final long MAKE_DIR = 1 << 7;
    private static final long MAKE_REG = 1 << 8;
    private static final long REFER = 1 << 13;
    private static final long TRUNCATE = 1 << 14;
    private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;

    private static final long MIB = 1 << 20;

    private final LinuxCalls linux;
    private final Arena arena;
    private final Confinement confinement;

    private Launcher(LinuxCalls linux, Arena arena, Confinement confinement) {
        this.linux = linux;
        this.arena = arena;
        this.confinement = confinement;
    }

    public static void main(String[] arguments) {
        try {
            Arena arena = Arena.global();
            Architecture architecture = Architecture.here().orElseThrow();
            new Launcher(
                            new LinuxCalls(architecture, arena),
                            arena,
                            Confinement.of(List.of(arguments)))
                    .become();
        } catch (RuntimeException failure) {
            System.err.println("launcher: " + failure.getMessage());
            System.exit(FAILED);
        }
    }

    private void become() {
        String path = confinement.command().getFirst();
        MemorySegment program = arena.allocateFrom(path);
        MemorySegment arguments = strings(confinement.command());
        MemorySegment environment =
                strings(
                        System.getenv().entrySet().stream()
                                .map(each -> each.getKey() + "=" + each.getValue())
                                .toList());

        linux.require("prctl(no_new_privs)", SystemCall.PRCTL, PR_SET_NO_NEW_PRIVS, 1);
        linux.call(
                SystemCall
                        .SETSID); // away from the terminal; fails for a leader, who is away already
        long rules =
                switch (confinement.wall()) {
                    case Landlock(List<Rule> list, _) -> ruleset(list);
                    case Namespaces _ -> -1;
                };
        linux.require("close_range", SystemCall.CLOSE_RANGE, 3, 0xFFFFFFFFL, CLOSE_RANGE_CLOEXEC);
        dropRights();
        linux.require("prctl(pdeathsig)", SystemCall.PRCTL, PR_SET_PDEATHSIG, SIGKILL);
        if (linux.call(SystemCall.GETPPID) != confinement.parent()) {
            throw new LinuxCalls.LaunchFailure("the process that asked for this has ended");
        }
        limitResources();
        switch (confinement.wall()) {
            case Landlock(_, byte[] filter) -> {
                linux.require(
                        "landlock_restrict_self", SystemCall.LANDLOCK_RESTRICT_SELF, rules, 0);
                MemorySegment code = arena.allocate(filter.length, 8);
                MemorySegment.copy(filter, 0, code, ValueLayout.JAVA_BYTE, 0, filter.length);
                // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
                MemorySegment filterProgram = arena.allocate(16, 8);
                filterProgram.set(ValueLayout.JAVA_SHORT, 0, (short) (filter.length / 8));
                filterProgram.set(JAVA_LONG, 8, code.address());
                unblockSignals();
                linux.require(
                        "seccomp",
                        SystemCall.SECCOMP,
                        SECCOMP_SET_MODE_FILTER,
                        0,
                        filterProgram.address());
            }
            case Namespaces(Path filter, int descriptor) -> {
                long opened = open(filter.toString(), O_CLOEXEC);
                linux.require("dup3", SystemCall.DUP3, opened, descriptor, 0);
                unblockSignals();
            }
        }
        linux.require(
                "running " + path,
                SystemCall.EXECVE,
                program.address(),
                arguments.address(),
                environment.address());
    }

    /// @return the descriptor of a ruleset that forbids everything these rules do not allow
    private long ruleset(List<Rule> rules) {
        long version = linux.call(SystemCall.LANDLOCK_CREATE_RULESET, 0, 0, 1);
        if (version < OLDEST_LANDLOCK) {
            throw new LinuxCalls.LaunchFailure(
                    version < 0
                            ? "this kernel has no Landlock, or it is switched off (errno %d)"
                                    .formatted(-version)
                            : "this kernel's Landlock is of version %d, expected %d or newer (Linux 6.2)"
                                    .formatted(version, OLDEST_LANDLOCK));
        }
        // struct landlock_ruleset_attr { u64 handled_access_fs, handled_access_net, scoped; }
        MemorySegment handled = arena.allocate(24, 8);
        handled.set(JAVA_LONG, 0, version >= 5 ? 0xFFFF : 0x7FFF);
        handled.set(JAVA_LONG, 8, 3); // binding and connecting TCP
        handled.set(JAVA_LONG, 16, 3); // abstract sockets and signals
        long size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
        long ruleset =
                linux.require(
                        "landlock_create_ruleset",
                        SystemCall.LANDLOCK_CREATE_RULESET,
                        handled.address(),
                        size,
                        0);
        rules.forEach(rule -> add(ruleset, rule));
        return ruleset;
    }

    /// A rule for a path that does not exist is left out: there is nothing to reach.
    private void add(long ruleset, Rule rule) {
        String path = rule.path().toString();
        long file =
                linux.call(
                        SystemCall.OPENAT,
                        AT_FDCWD,
                        arena.allocateFrom(path).address(),
                        O_PATH | O_CLOEXEC);
        if (file == -ENOENT) {
            return;
        }
        if (file < 0) {
            throw new LinuxCalls.LaunchFailure(path + " cannot be opened, errno " + -file);
        }
        long rights = rights(rule.access());
        // struct landlock_path_beneath_attr { u64 allowed_access; s32 parent_fd; }, packed
        MemorySegment beneath = arena.allocate(12, 8);
        beneath.set(JAVA_LONG, 0, Files.isDirectory(rule.path()) ? rights : rights & OF_FILES);
        beneath.set(JAVA_INT, 8, (int) file);
        linux.require(
                "landlock_add_rule for " + path,
                SystemCall.LANDLOCK_ADD_RULE,
                ruleset,
                1,
                beneath.address(),
                0);
    }

    private static long rights(Access access) {
        return switch (access) {
            case READ -> READ_FILE | READ_DIR;
            case RUN -> READ_FILE | READ_DIR | EXECUTE;
            case REWRITE -> READ_FILE | WRITE_FILE | TRUNCATE;
            case WRITE ->
                    READ_FILE
                            | READ_DIR
                            | WRITE_FILE
                            | TRUNCATE
                            | MAKE_REG
                            | MAKE_DIR
                            | REMOVE_FILE
                            | REMOVE_DIR
                            | REFER;
        };
    }

    private void dropRights() {
        confinement
                .uid()
                .ifPresent(
                        id -> {
                            linux.require("setgroups", SystemCall.SETGROUPS, 0, 0);
                            linux.require("setresgid", SystemCall.SETRESGID, id, id, id);
                            linux.require("setresuid", SystemCall.SETRESUID, id, id, id);
                        });
        MemorySegment header = arena.allocate(8, 8);
        header.set(JAVA_INT, 0, CAPABILITIES_VERSION);
        MemorySegment none = arena.allocate(24, 8);
        linux.require("capset", SystemCall.CAPSET, header.address(), none.address());
    }

    private void limitResources() {
        limit(4, 0, 0); // RLIMIT_CORE
        limit(8, 0, 0); // RLIMIT_MEMLOCK
        limit(12, 0, 0); // RLIMIT_MSGQUEUE
        limit(
                3, 8 * MIB,
                64 * MIB); // RLIMIT_STACK: what threads get; what the driver may raise it to
    }

    /// Never above what we have ourselves, which would take a right that is gone by now.
    private void limit(int resource, long soft, long hard) {
        MemorySegment old = arena.allocate(16, 8);
        linux.require("prlimit64", SystemCall.PRLIMIT64, 0, resource, 0, old.address());
        long most = old.get(JAVA_LONG, 8);
        MemorySegment limits = arena.allocate(16, 8);
        limits.set(JAVA_LONG, 0, Long.compareUnsigned(most, soft) < 0 ? most : soft);
        limits.set(JAVA_LONG, 8, Long.compareUnsigned(most, hard) < 0 ? most : hard);
        linux.require("prlimit64", SystemCall.PRLIMIT64, 0, resource, limits.address(), 0);
    }

    /// What this thread blocks, the program would block.
    private void unblockSignals() {
        MemorySegment none = arena.allocate(8, 8);
        linux.require("rt_sigprocmask", SystemCall.RT_SIGPROCMASK, 2, none.address(), 0, 8);
    }

    private long open(String path, int flags) {
        return linux.require(
                "opening " + path,
                SystemCall.OPENAT,
                AT_FDCWD,
                arena.allocateFrom(path).address(),
                flags,
                0);
    }

    /// @return char*[strings + 1], the last of them null
    private MemorySegment strings(List<String> strings) {
        MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return pointers;
    }
}
