#define _GNU_SOURCE
#include "csystem.h"

#include <sys/signalfd.h>
#include <unistd.h>

int earshot_signal_descriptor(const sigset_t *signals) {
    if (sigprocmask(SIG_BLOCK, signals, NULL) != 0) return -1;
    return signalfd(-1, signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int earshot_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}
