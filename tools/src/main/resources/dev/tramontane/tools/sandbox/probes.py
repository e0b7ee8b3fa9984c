"""Tries to get out of the sandbox it runs in, and prints what it got through with, a line each.

Each attack is one step that would do no harm by itself. The last line, `tried N`, says that all were made.
Beside it lie `calls`, a system call that must be refused in each line, its number and its name; `environment`, the
variables there should be; and `readable`, what may be read beside Python's own.
"""

import ctypes
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import threading

libc = ctypes.CDLL(None, use_errno=True)
attacks = []


def attack(how):
    attacks.append(how)
    return how


def check(result):
    if result is None or result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def read(path):
    if any(path == way or path.startswith(way + "/") for way in readable):
        raise OSError("it may be read")
    with open(path, "rb") as file:
        file.read(1)


def write(path):
    with open(path, "wb") as file:
        file.write(b"x")
    os.unlink(path)


def is_on_a_way(path):
    """Whether a path leads to something that may be read."""
    ways = readable + sys.path + [os.getcwd(), sys.prefix, sys.base_prefix, os.path.realpath(sys.executable)]
    return any((way + "/").startswith(path + "/") for way in ways)


def child(start):
    if start() == 0:
        os._exit(0)


def connect(family, kind, address, protocol=0):
    with socket.socket(family, kind, protocol) as opened:
        opened.settimeout(1)
        opened.connect(address)


@attack
def have_an_inherited_descriptor():
    for descriptor in range(3, 1024):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        return
    raise OSError("none")


@attack
def be_root():
    if os.getuid() != 0 and os.geteuid() != 0:
        raise OSError("not root")


@attack
def have_capabilities():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    check(libc.capget(header, data))
    if not any(data):
        raise OSError("none")


@attack
def become_root():
    os.setuid(0)
    if os.getuid() != 0 or os.path.exists("/etc/shadow") and open("/etc/shadow").close():
        raise OSError("in name only")


@attack
def fork():
    child(os.fork)


@attack
def fork_by_system_call():
    check(libc.syscall(ctypes.c_long(56), 17, 0, 0, 0, 0) if os.uname().machine == "x86_64" else -1)
    if os.getppid() != parent:
        os._exit(0)


@attack
def start_a_program():
    subprocess.run(["/bin/true"])


@attack
def spawn_a_program():
    os.posix_spawn("/bin/true", ["true"], {})


@attack
def become_another_program():
    os.execv("/bin/true", ["true"])


@attack
def become_a_setuid_program():
    os.execv("/bin/su", ["su", "--version"])


@attack
def leave_the_session():
    os.setsid()


@attack
def signal_the_parent():
    os.kill(parent, 0)


@attack
def signal_everybody():
    os.kill(-1, 0)


@attack
def signal_process_1():
    os.kill(1, 0)


@attack
def signal_by_thread():
    check(libc.syscall(ctypes.c_long(234), parent, parent, 0) if os.uname().machine == "x86_64" else -1)


@attack
def be_told_of_a_file_by_signal():
    import fcntl

    read_end, _ = os.pipe()
    fcntl.fcntl(read_end, fcntl.F_SETOWN, parent)


@attack
def trace_the_parent():
    check(libc.ptrace(ctypes.c_long(16), parent, 0, 0))


@attack
def read_the_parents_memory():
    buffer = ctypes.create_string_buffer(8)
    piece = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    there = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    check(libc.process_vm_readv(parent, piece, 1, there, 1, 0))


@attack
def open_the_parents_memory():
    read("/proc/%d/mem" % parent)


for path in [
    "/etc/passwd",
    "/etc/shadow",
    "/etc/hostname",
    "/etc/ssh/sshd_config",
    "/root/.bashrc",
    "/proc/1/environ",
    "/proc/1/cmdline",
    "/proc/self/environ",
    "/proc/self/maps",
    "/proc/version",
    "/proc/%d/environ" % os.getppid(),
    "/sys/kernel/notes",
    "/dev/mem",
    "/dev/kmsg",
    "/dev/vda",
    "/dev/sda",
    "/var/log/dpkg.log",
]:
    attacks.append(lambda path=path: read(path))
    attacks[-1].__name__ = "read " + path
for path in ["/home", "/root", "/tmp", "/proc", "/var", "/sys", "/dev/shm", "/opt", "/srv", "/mnt"]:
    attacks.append(lambda path=path: [each for each in os.listdir(path) if not is_on_a_way(os.path.join(path, each))][0])
    attacks[-1].__name__ = "list " + path
for path in ["/tmp", "/var/tmp", "/dev/shm", "/usr/lib", "/etc", "/", "/root", "/home", "..", "../given", "../streams"]:
    attacks.append(lambda path=path: write(os.path.join(path, "tramontane-probe")))
    attacks[-1].__name__ = "write in " + path


@attack
def change_what_is_given():
    with open("../given/driver.py", "ab"):
        pass


@attack
def change_the_interpreters_library():
    with open(os.__file__, "ab"):
        pass


@attack
def make_a_symbolic_link():
    os.symlink("/etc/passwd", "link")


@attack
def make_a_hard_link():
    os.link(os.__file__, "link")


@attack
def make_a_pipe_with_a_name():
    os.mkfifo("pipe")


@attack
def make_a_device():
    os.mknod("null", 0o20666, os.makedev(1, 3))


@attack
def bind_a_name():
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket")


@attack
def pass_sockets_by_datagram():
    socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


for name, family, kind in [
    ("TCP", socket.AF_INET, socket.SOCK_STREAM),
    ("UDP", socket.AF_INET, socket.SOCK_DGRAM),
    ("TCP over IPv6", socket.AF_INET6, socket.SOCK_STREAM),
    ("UDP over IPv6", socket.AF_INET6, socket.SOCK_DGRAM),
    ("a raw socket", socket.AF_INET, socket.SOCK_RAW),
    ("a Unix socket", socket.AF_UNIX, socket.SOCK_STREAM),
    ("netlink", socket.AF_NETLINK, socket.SOCK_RAW),
    ("packets", socket.AF_PACKET, socket.SOCK_RAW),
    ("vsock", 40, socket.SOCK_STREAM),
    ("Bluetooth", 31, socket.SOCK_STREAM),
    ("the kernel's ciphers", 38, socket.SOCK_SEQPACKET),
]:
    attacks.append(lambda family=family, kind=kind: socket.socket(family, kind).close())
    attacks[-1].__name__ = "open " + name


@attack
def resolve_a_name():
    socket.getaddrinfo("example.org", 80, type=socket.SOCK_STREAM)


@attack
def connect_to_this_machine():
    connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 22))


@attack
def memory_without_a_limit():
    os.memfd_create("memory")


@attack
def raise_the_memory_limit():
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@attack
def raise_the_parents_limits():
    resource.prlimit(parent, resource.RLIMIT_NOFILE)


@attack
def take_more_memory_than_allowed():
    bytearray(8 << 30)


@attack
def write_a_core():
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        raise OSError("none")


@attack
def see_secrets_in_the_environment():
    if not set(os.environ) - known:
        raise OSError("none")


@attack
def be_on_a_terminal():
    os.open("/dev/tty", os.O_RDWR)


@attack
def a_clone_in_new_namespaces():
    check(libc.unshare(0x10000000))


@attack
def mount_a_file_system():
    check(libc.mount(b"none", b".", b"tmpfs", 0, None))


@attack
def survive_the_parent():
    check(libc.prctl(1, ctypes.c_ulong(0), 0, 0, 0))


@attack
def leave_the_filter():
    check(libc.prctl(22, ctypes.c_ulong(1), 0, 0, 0))


with open("calls") as file:
    for line in file:
        number, name = line.split()

        def call(number=int(number)):
            result = libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0)
            # Any other answer comes from behind the filter.
            if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
                raise OSError("refused")

        attacks.append(call)
        attacks[-1].__name__ = "call " + name

parent = os.getppid()
with open("environment") as file:
    known = set(file.read().split())
with open("readable") as file:
    readable = file.read().splitlines()
for each in attacks:
    try:
        each()
    except (OSError, MemoryError, LookupError, ValueError, subprocess.SubprocessError):
        continue
    print(each.__name__.replace("_", " "), flush=True)
    if each is be_root:
        sys.exit("nothing else is tried as root")
print("tried", len(attacks))
