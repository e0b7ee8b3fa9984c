"""Runs programs nobody trusts, one after the other, each in a process of its own.

The launcher has taken this interpreter's rights away already. What is left to take from a program is the right
to start and end processes: its own process puts the filter over itself before it reads the program's first line.

Commands come on standard input, a line each; answers go to standard output:

    run CPU_SECONDS WALL_SECONDS MEMORY_BYTES FILE_BYTES OPEN_FILES PROCESSES
    started
    ended STATUS WALL_SECONDS CPU_SECONDS PEAK_KIB TIMED_OUT
    failed WHY                  in place of these two

STATUS is wait's. Arguments: the folder of what is given (`filter`, `input`), the working folder with the program
(`main.py`), the folder of its output (`out`, `err`).
"""

import ctypes
import gc
import os
import resource
import signal
import sys
import time
import traceback
import types

# Most programs begin with these; here they are read once.
import bisect, collections, copy, datetime, fractions, functools, heapq, io, itertools  # noqa
import json, math, operator, random, re, statistics, string, typing  # noqa

GIVEN, WORK, STREAMS = sys.argv[1:4]
PR_SET_PDEATHSIG, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 22, 2


class SocketFilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
with open(os.path.join(GIVEN, "filter"), "rb") as file:
    code = ctypes.create_string_buffer(file.read())
program_filter = SocketFilterProgram((len(code) - 1) // 8, ctypes.addressof(code))


def prctl(option, *arguments):
    if libc.prctl(option, *[ctypes.c_ulong(each) for each in arguments]) != 0:
        raise OSError(ctypes.get_errno(), "prctl(%d)" % option)


def command():
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return None
        line += byte
    return line.decode().split()


def answer(text):
    os.write(1, (text + "\n").encode())


def limit(what, soft, hard=None):
    most = resource.getrlimit(what)[1]
    hard = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))


def confine(driver, cpu, memory, file_size, open_files, processes):
    """Turns this process, which was forked from the driver, into one for a program nobody trusts."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != driver:
        raise OSError("the driver has ended")
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.dup2(os.open(os.path.join(GIVEN, "input"), os.O_RDONLY), 0)
    flags = os.O_WRONLY | os.O_TRUNC
    os.dup2(os.open(os.path.join(STREAMS, "out"), flags), 1)
    os.dup2(os.open(os.path.join(STREAMS, "err"), flags), 2)
    limit(resource.RLIMIT_CPU, cpu, cpu + 1)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_FSIZE, file_size)
    limit(resource.RLIMIT_NOFILE, open_files)
    limit(resource.RLIMIT_STACK, 64 << 20)
    if processes:
        limit(resource.RLIMIT_NPROC, processes)


def standard_streams():
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = sys.__stderr__ = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


def start(driver, *limits):
    """In the new process: confined, told so through a pipe, and ready for the program."""
    told, tell = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(tell)
        why = os.read(told, 1000).decode()
        os.close(told)
        return pid, why
    try:
        confine(driver, *limits)
        os.closerange(3, tell)
        os.closerange(tell + 1, 1 << 16)
        standard_streams()
        os.chdir(WORK)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program_filter))
        os.write(tell, b"confined")
        os.close(tell)
    except BaseException as failure:
        os.write(tell, repr(failure).encode())
        os._exit(1)
    return 0, ""


def end(pid, wall):
    """Waits for a process, no longer than it may run, and tells how it ended."""
    began = time.monotonic()
    timed_out = 0
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended == pid:
            break
        left = began + wall - time.monotonic()
        if left <= 0:
            timed_out = 1
            os.kill(pid, signal.SIGKILL)
            left = 60
        signal.sigtimedwait([signal.SIGCHLD], left)
    cpu = used.ru_utime + used.ru_stime
    return "ended %d %.6f %.6f %d %d" % (status, time.monotonic() - began, cpu, used.ru_maxrss, timed_out)


def drive():
    """Obeys commands; returns in a new process that is to run the program, and where no command is left."""
    driver = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    gc.freeze()
    answer("ready %d.%d.%d" % sys.version_info[:3])
    while True:
        words = command()
        if words is None:
            return False
        cpu, memory, file_size, open_files, processes = [int(words[at]) for at in (1, 3, 4, 5, 6)]
        pid, why = start(driver, cpu, memory, file_size, open_files, processes)
        if pid == 0:
            return True
        if why == "confined":
            answer("started")
        how = end(pid, float(words[2]))
        answer(how if why == "confined" else "failed " + why)


def complain(kind, failure, trace):
    """As the interpreter itself, without the line of this file that runs the program."""
    traceback.print_exception(kind, failure, trace and trace.tb_next)


if drive():
    ours = sys.modules["__main__"]  # kept alive: it is running
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    module.__file__ = os.path.join(WORK, "main.py")
    module.__dict__["__builtins__"] = __builtins__
    sys.argv = ["main.py"]
    sys.path[0] = WORK
    sys.excepthook = complain
    with open("main.py", "rb") as file:
        source = file.read()
    exec(compile(source, "main.py", "exec"), module.__dict__)
