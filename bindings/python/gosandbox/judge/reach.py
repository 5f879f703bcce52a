"""What compilers and submissions may do, and what they may reach."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Iterable

from ..policy import Arg, Policy

# What nobody here needs. Each of these kills, so that the verdict says what was tried. A list of forbidden calls is a net below
# the path rules, the limits and the other user, not a wall.
_FORBIDDEN = (
    "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd "  # other processes
    "mount umount2 pivot_root chroot open_tree move_mount fsopen mount_setattr unshare setns "  # the file tree
    "bpf perf_event_open userfaultfd io_uring_setup "  # kernel surface that programs of contests never use
    "init_module finit_module delete_module kexec_load reboot swapon swapoff acct quotactl add_key request_key keyctl "
    "sethostname setdomainname settimeofday clock_settime"
).split()
# The C library asks local services (nscd) for user names and goes on when it cannot: that is no crime.
_LOCAL = Arg(0, bits=32) == socket.AF_UNIX

_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives")
_READ = ("/etc/ld.so.cache", "/etc/localtime", "/proc/self/**", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems",
         "/proc/sys/vm/overcommit_memory", "/proc/sys/kernel/osrelease", "/sys/devices/system/cpu", "/sys/kernel/mm", "/dev/urandom")
_WRITE = ("/dev/null", "/dev/full", "/dev/zero")


def submission_policy(program: Path, work: Path, read: Iterable[str] = ()) -> Policy:
    """A submission reads the system's programs and libraries and `read`, executes these and itself, and writes in `work` alone: no
    file of the judge's, no other submission and no test can be opened, nor can /etc/passwd."""
    policy = _system(read).kill("socket").deny("socket", errno.EACCES, _LOCAL)
    policy = policy.read(program).execute(program).read(work).write(work)
    return policy.stat("/./", *(f"{parent}/" for parent in program.parents if parent.name))  # interpreters follow their own path


def compiler_policy(work: Path, read: Iterable[str] = ()) -> Policy:
    """A compiler is a program that strangers steer: `#include "/etc/passwd"` is an error to it as well. Some make
    sockets and go on when they cannot."""
    return _system(read).deny("socket", errno.EACCES).read(work).write(work).execute(work)


def _system(read: Iterable[str]) -> Policy:
    policy = Policy.profile()
    for name in _FORBIDDEN:
        policy = policy.kill(name)
    # A negative process id means groups, and -1 everybody of the same user: other submissions at work.
    policy = policy.kill("kill", (Arg(0, bits=32) & -0x80000000) == -0x80000000)
    return policy.read(*_SYSTEM).execute(*_SYSTEM).read(*_READ, *read).read(*_WRITE).write(*_WRITE)
