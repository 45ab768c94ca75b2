#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <net/if.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int earshot_become(uid_t user, gid_t group) {
    if (setgroups(0, NULL) != 0) return -1;
    if (setresgid(group, group, group) != 0) return -1;
    if (setresuid(user, user, user) != 0) return -1;
    /* There must be no way back. */
    if (user != 0 && (setuid(0) == 0 || setgid(0) == 0)) {
        errno = EPERM;
        return -1;
    }
    /* The kernel forgets it with the user: the process that keeps the way to files must not be outlived. */
    return prctl(PR_SET_PDEATHSIG, SIGTERM);
}

int earshot_empty_bounding_set(void) {
    /* Who may not set capabilities cannot empty it, and cannot gain any from it either, once new privileges are given up. */
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM) return -1;
    }
    return 0;
}

int earshot_drop_capabilities(unsigned long long kept) {
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2];
    if (syscall(SYS_capget, &header, sets) != 0) return -1;
    for (int half = 0; half < 2; half++) {
        sets[half].permitted &= (unsigned int)(kept >> (32 * half));
        sets[half].effective = sets[half].permitted;
        sets[half].inheritable = 0;
    }
    if (syscall(SYS_capset, &header, sets) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int earshot_restrict_files(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    /* Containers may refuse it: what it is lacking for is the same. */
    if (version < 0) return errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM ? 0 : -1;
    /* All rights that the oldest version knows; no rule allows any of them. */
    struct landlock_ruleset_attr ruleset = {.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    int descriptor = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
    if (descriptor < 0) return -1;
    int result = (int)syscall(SYS_landlock_restrict_self, descriptor, 0);
    close(descriptor);
    return result == 0 ? (int)version : -1;
}

/* A filter that refuses all calls but these. */
static scmp_filter_ctx filter_of(const int *calls, size_t count, int *error) {
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    *error = filter == NULL ? -ENOMEM : seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    for (size_t index = 0; *error == 0 && index < count; index++) {
        *error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[index], 0);
    }
    return filter;
}

/* Memory that holds code cannot be made. */
static int allow_memory(scmp_filter_ctx filter) {
    int error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (error != 0) return error;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* Puts it in force; answers 0, or -1 with errno, also for an error before. */
static int enforce(scmp_filter_ctx filter, int error) {
    if (error == 0) error = seccomp_load(filter);
    if (filter != NULL) seccomp_release(filter);
    if (error == 0) return 0;
    errno = -error;
    return -1;
}

int earshot_restrict_serving(pid_t child, int socket, int notices) {
    static const int calls[] = {
        /* Waiting for requests, signals, and the other's end. */
        SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(wait4), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(restart_syscall),
        /* Files of the ring that make room. */
        SCMP_SYS(close), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
        /* A socket that was kept, and an interface that is back. */
        SCMP_SYS(getsockname), SCMP_SYS(bind), SCMP_SYS(setsockopt),
        /* Memory that the allocator may want and give back, its time, and the end. */
        SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(madvise), SCMP_SYS(clock_gettime), SCMP_SYS(futex), SCMP_SYS(getpid),
        SCMP_SYS(gettid), SCMP_SYS(exit_group),
    };
    int error;
    scmp_filter_ctx filter = filter_of(calls, sizeof calls / sizeof *calls, &error);
    const struct {
        int call;
        struct scmp_arg_cmp when;
    } conditions[] = {
        /* Packets are never read: requests and answers go through the one socket, signals come by the other descriptor. */
        {SCMP_SYS(recvmsg), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)socket)},
        {SCMP_SYS(sendmsg), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)socket)},
        {SCMP_SYS(read), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)notices)},
        /* Files are opened to be written by the other. */
        {SCMP_SYS(openat), SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY)},
        {SCMP_SYS(open), SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY)},
        /* Which interface has a name now, and of what kind it is. */
        {SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, SIOCGIFINDEX)},
        {SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, SIOCGIFHWADDR)},
        /* Signals go to the other process, and at the end to itself. */
        {SCMP_SYS(kill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)child)},
        {SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())},
    };
    for (size_t index = 0; error == 0 && index < sizeof conditions / sizeof *conditions; index++) {
        error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, conditions[index].call, 1, &conditions[index].when);
    }
    if (error == 0) error = allow_memory(filter);
    return enforce(filter, error);
}

int earshot_restrict_calls(void) {
    static const int calls[] = {
        /* Packets, results, requests. */
        SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(recvmsg),
        SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(lseek),
        SCMP_SYS(ftruncate),
        /* Memory, threads, time. */
        SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(exit),
        SCMP_SYS(exit_group), SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
        SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
        SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(restart_syscall), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
        /* Queues of the threads. */
        SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2),
        SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_settime),
    };
    int error;
    scmp_filter_ctx filter = filter_of(calls, sizeof calls / sizeof *calls, &error);
    /* Threads, no processes. The flags of clone3 cannot be looked at: glibc falls back to clone. */
    if (error == 0) {
        error = seccomp_rule_add(
            filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, 0x00010000, 0x00010000));
    }
    if (error == 0) error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (error == 0) error = allow_memory(filter);
    /* Whether an interface that went down is up again. */
    if (error == 0) {
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, SIOCGIFFLAGS));
    }
    /* The name of a thread. */
    if (error == 0) {
        error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    }
    return enforce(filter, error);
}
