package dev.tramontane.tools.sandbox;

import java.util.EnumSet;
import java.util.Set;

/// Which system calls a sandboxed program must not make, whatever their arguments are.
final class RefusedCalls {
    /// Changes of mode and time succeed and do nothing, so that copying a file works; Landlock does
    /// not watch over them, and outside the sandbox's folder they must not happen.
    static final Set<SystemCall> PRETENDED =
            EnumSet.of(
                    SystemCall.CHMOD,
                    SystemCall.FCHMOD,
                    SystemCall.FCHMODAT,
                    SystemCall.UTIME,
                    SystemCall.UTIMES,
                    SystemCall.FUTIMESAT,
                    SystemCall.UTIMENSAT);

    /// What our driver needs around a program, and the program must not do: start, end and group
    /// processes.
    static final Set<SystemCall> TO_PROGRAMS =
            EnumSet.of(
                    SystemCall.FORK,
                    SystemCall.VFORK,
                    SystemCall.EXECVE,
                    SystemCall.KILL,
                    SystemCall.TGKILL,
                    SystemCall.SETSID,
                    SystemCall.SETPGID);

    private static final Set<SystemCall> OTHER_PROCESSES =
            EnumSet.of(
                    SystemCall.PTRACE,
                    SystemCall.PROCESS_VM_READV,
                    SystemCall.PROCESS_VM_WRITEV,
                    SystemCall.PROCESS_MADVISE,
                    SystemCall.PROCESS_MRELEASE,
                    SystemCall.KCMP,
                    SystemCall.PIDFD_OPEN,
                    SystemCall.PIDFD_GETFD,
                    SystemCall.PIDFD_SEND_SIGNAL,
                    SystemCall.TKILL,
                    SystemCall.RT_SIGQUEUEINFO,
                    SystemCall.RT_TGSIGQUEUEINFO,
                    SystemCall.EXECVEAT,
                    SystemCall.SETPRIORITY,
                    SystemCall.IOPRIO_SET,
                    SystemCall.SCHED_SETAFFINITY,
                    SystemCall.SCHED_SETATTR,
                    SystemCall.SCHED_SETPARAM,
                    SystemCall.SCHED_SETSCHEDULER);

    private static final Set<SystemCall> SOCKETS =
            EnumSet.of(
                    SystemCall.SOCKET,
                    SystemCall.BIND,
                    SystemCall.LISTEN,
                    SystemCall.ACCEPT,
                    SystemCall.ACCEPT4,
                    SystemCall.CONNECT,
                    SystemCall.SENDMSG,
                    SystemCall.SENDMMSG,
                    SystemCall.RECVMSG,
                    SystemCall.RECVMMSG);

    /// Memory that no limit counts, or that outlives its process.
    private static final Set<SystemCall> MEMORY =
            EnumSet.of(
                    SystemCall.MEMFD_CREATE,
                    SystemCall.MEMFD_SECRET,
                    SystemCall.USERFAULTFD,
                    SystemCall.SHMGET,
                    SystemCall.SHMAT,
                    SystemCall.SHMCTL,
                    SystemCall.SHMDT,
                    SystemCall.SEMGET,
                    SystemCall.SEMOP,
                    SystemCall.SEMTIMEDOP,
                    SystemCall.SEMCTL,
                    SystemCall.MSGGET,
                    SystemCall.MSGSND,
                    SystemCall.MSGRCV,
                    SystemCall.MSGCTL,
                    SystemCall.MQ_OPEN,
                    SystemCall.MQ_UNLINK,
                    SystemCall.MBIND,
                    SystemCall.SET_MEMPOLICY,
                    SystemCall.MIGRATE_PAGES,
                    SystemCall.MOVE_PAGES,
                    SystemCall.REMAP_FILE_PAGES,
                    SystemCall.VMSPLICE);

    /// Mounts, handles, links, devices, attributes, watching, and everybody's disk.
    private static final Set<SystemCall> FILES =
            EnumSet.of(
                    SystemCall.MOUNT,
                    SystemCall.UMOUNT2,
                    SystemCall.PIVOT_ROOT,
                    SystemCall.CHROOT,
                    SystemCall.SWAPON,
                    SystemCall.SWAPOFF,
                    SystemCall.OPEN_TREE,
                    SystemCall.MOVE_MOUNT,
                    SystemCall.FSOPEN,
                    SystemCall.FSCONFIG,
                    SystemCall.FSMOUNT,
                    SystemCall.FSPICK,
                    SystemCall.MOUNT_SETATTR,
                    SystemCall.OPEN_BY_HANDLE_AT,
                    SystemCall.NAME_TO_HANDLE_AT,
                    SystemCall.LINK,
                    SystemCall.LINKAT,
                    SystemCall.SYMLINK,
                    SystemCall.SYMLINKAT,
                    SystemCall.MKNOD,
                    SystemCall.MKNODAT,
                    SystemCall.CHOWN,
                    SystemCall.FCHOWN,
                    SystemCall.LCHOWN,
                    SystemCall.FCHOWNAT,
                    SystemCall.SETXATTR,
                    SystemCall.LSETXATTR,
                    SystemCall.FSETXATTR,
                    SystemCall.REMOVEXATTR,
                    SystemCall.LREMOVEXATTR,
                    SystemCall.FREMOVEXATTR,
                    SystemCall.FANOTIFY_INIT,
                    SystemCall.FANOTIFY_MARK,
                    SystemCall.INOTIFY_INIT,
                    SystemCall.INOTIFY_INIT1,
                    SystemCall.INOTIFY_ADD_WATCH,
                    SystemCall.QUOTACTL,
                    SystemCall.QUOTACTL_FD,
                    SystemCall.ACCT,
                    SystemCall.SYNC,
                    SystemCall.SYNCFS);

    /// Namespaces, keys, and the walls themselves.
    private static final Set<SystemCall> RIGHTS =
            EnumSet.of(
                    SystemCall.UNSHARE,
                    SystemCall.SETNS,
                    SystemCall.SECCOMP,
                    SystemCall.LANDLOCK_CREATE_RULESET,
                    SystemCall.LANDLOCK_ADD_RULE,
                    SystemCall.LANDLOCK_RESTRICT_SELF,
                    SystemCall.ADD_KEY,
                    SystemCall.REQUEST_KEY,
                    SystemCall.KEYCTL);

    private static final Set<SystemCall> MACHINE =
            EnumSet.of(
                    SystemCall.BPF,
                    SystemCall.PERF_EVENT_OPEN,
                    SystemCall.IO_URING_SETUP,
                    SystemCall.IO_URING_ENTER,
                    SystemCall.IO_URING_REGISTER,
                    SystemCall.IO_SETUP,
                    SystemCall.IO_SUBMIT,
                    SystemCall.IO_DESTROY,
                    SystemCall.KEXEC_LOAD,
                    SystemCall.KEXEC_FILE_LOAD,
                    SystemCall.CREATE_MODULE,
                    SystemCall.QUERY_MODULE,
                    SystemCall.INIT_MODULE,
                    SystemCall.FINIT_MODULE,
                    SystemCall.DELETE_MODULE,
                    SystemCall.REBOOT,
                    SystemCall.IOPL,
                    SystemCall.IOPERM,
                    SystemCall.MODIFY_LDT,
                    SystemCall.SYSLOG,
                    SystemCall.SYSFS,
                    SystemCall.USTAT,
                    SystemCall.USELIB,
                    SystemCall.NFSSERVCTL,
                    SystemCall.LOOKUP_DCOOKIE,
                    SystemCall.SETTIMEOFDAY,
                    SystemCall.CLOCK_SETTIME,
                    SystemCall.CLOCK_ADJTIME,
                    SystemCall.ADJTIMEX,
                    SystemCall.SETHOSTNAME,
                    SystemCall.SETDOMAINNAME,
                    SystemCall.VHANGUP);

    /// What even our driver must not do.
    static final Set<SystemCall> TO_ALL = all();

    private RefusedCalls() {}

    private static Set<SystemCall> all() {
        Set<SystemCall> all = EnumSet.copyOf(OTHER_PROCESSES);
        all.addAll(SOCKETS);
        all.addAll(MEMORY);
        all.addAll(FILES);
        all.addAll(RIGHTS);
        all.addAll(MACHINE);
        return all;
    }
}
