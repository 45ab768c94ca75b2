"""Lets a process that runs call the system itself, as if somebody had taken it over (root, x86-64).

A debugger would do, but it writes all registers of the processor back to call a function, and an older one cannot write those of
a newer processor. A system call needs the general registers alone.
"""

import ctypes
import errno
import os
import struct

# include/uapi/linux/ptrace.h
SINGLE_STEP, GET_REGISTERS, SET_REGISTERS, ATTACH, DETACH = 9, 12, 13, 16, 17
# Of any thread, and not of children alone.
WALL = 0x40000000
# In the order of `struct user_regs_struct`.
REGISTERS = (
    "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs").split()
ARGUMENTS = "rdi rsi rdx r10 r8 r9".split()
# arch/x86/entry/syscalls/syscall_64.tbl
NUMBERS = {
    "read": 0, "write": 1, "mmap": 9, "socket": 41, "sendto": 44, "sendmsg": 46, "recvmsg": 47, "bind": 49, "clone": 56,
    "execve": 59, "kill": 62, "chmod": 90, "ptrace": 101, "setuid": 105, "setresuid": 117, "mount": 165, "openat": 257}
SYSCALL = b"\x0f\x05"

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def ptrace(request, process, data=None):
    if libc.ptrace(request, process, None, data) == -1:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace {request}: {os.strerror(error)}")


def registers(process):
    room = ctypes.create_string_buffer(8 * len(REGISTERS))
    ptrace(GET_REGISTERS, process, room)
    return dict(zip(REGISTERS, struct.unpack(f"={len(REGISTERS)}Q", room.raw)))


def set_registers(process, values):
    octets = struct.pack(f"={len(REGISTERS)}Q", *(values[name] & (1 << 64) - 1 for name in REGISTERS))
    ptrace(SET_REGISTERS, process, ctypes.create_string_buffer(octets, len(octets)))


def wait(process):
    """Waits until it has stopped; fails where it has ended."""
    _, status = os.waitpid(process, WALL)
    if not os.WIFSTOPPED(status):
        raise ChildProcessError(f"it has ended: {status:#x}")


def place_of_syscall(process, memory):
    """Where an instruction stands that calls the system: in the part of it that the kernel maps, or in a library."""
    with open(f"/proc/{process}/maps", encoding="utf-8") as maps:
        parts = [line.split() for line in maps]
    for part in sorted((part for part in parts if "x" in part[1] and part[-1] != "[vsyscall]"), key=lambda part: part[-1] != "[vdso]"):
        start, end = (int(number, 16) for number in part[0].split("-"))
        memory.seek(start)
        place = memory.read(end - start).find(SYSCALL)
        if place >= 0:
            return start + place
    raise RuntimeError("it calls the system nowhere")


def call(process, name, *arguments):
    """What the call answers: below zero it is the negated number of an error. Octets are put into the process's memory."""
    ptrace(ATTACH, process)
    try:
        wait(process)
        before = registers(process)
        with open(f"/proc/{process}/mem", "r+b", buffering=0) as memory:
            # Below what the function that runs may use of its stack without saying so.
            place = (before["rsp"] - 1024) & ~15
            memory.seek(place)
            kept = memory.read(512)
            # No call of its own that is to begin again.
            values = dict(before, rip=place_of_syscall(process, memory), rax=NUMBERS[name], orig_rax=-1)
            used = 0
            for register, argument in zip(ARGUMENTS, arguments):
                if isinstance(argument, bytes):
                    memory.seek(place + used)
                    memory.write(argument)
                    argument, used = place + used, used + (len(argument) + 15 & ~15)
                values[register] = argument
            assert used <= len(kept)
            set_registers(process, values)
            ptrace(SINGLE_STEP, process)
            wait(process)
            after = registers(process)
            # A signal came instead.
            if after["rip"] != values["rip"] + len(SYSCALL):
                raise RuntimeError("it went elsewhere")
            memory.seek(place)
            memory.write(kept)
        set_registers(process, before)
    finally:
        try:
            ptrace(DETACH, process)
        except OSError as error:
            if error.errno != errno.ESRCH:
                raise
    answer = after["rax"]
    return answer - (1 << 64) if answer >> 63 else answer
