#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <sys/eventfd.h>
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

static volatile sig_atomic_t interruptions, terminations;
static volatile sig_atomic_t wake = -1;

static void note(int number) {
    if (number == SIGTERM) terminations++; else interruptions++;
    /* Whoever asks again does not want to wait. */
    if (interruptions > 2 || terminations > 1) {
        signal(number, SIG_DFL);
        raise(number);
    }
    static const unsigned long long once = 1;
    int before = errno;
    /* Where it holds no more, it is readable. */
    if (wake >= 0 && write(wake, &once, sizeof once) < 0) errno = before;
}

int earshot_note_interruptions(void) {
    static const int numbers[] = {SIGINT, SIGTERM};
    for (unsigned int i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) != 0) return -1;
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction action = {.sa_handler = note};
        sigemptyset(&action.sa_mask);
        if (sigaction(numbers[i], &action, NULL) != 0) return -1;
    }
    return 0;
}

int earshot_interruption_descriptor(void) {
    if (wake < 0) wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return wake;
}

int earshot_interruptions(void) { return interruptions; }

int earshot_terminations(void) { return terminations; }
