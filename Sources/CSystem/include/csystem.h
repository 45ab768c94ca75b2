/* What Swift cannot call: functions with a variable number of arguments, and those that glibc's module map leaves out. */
#ifndef EARSHOT_CSYSTEM_H
#define EARSHOT_CSYSTEM_H

#include <signal.h>

/* A descriptor that becomes readable when one of the signals comes in, which are blocked; -1 and errno on failure. */
int earshot_signal_descriptor(const sigset_t *signals);

/* The number of the next signal that came in; 0 where none has. */
int earshot_next_signal(int descriptor);

#endif
