/* What Swift cannot call: functions with a variable number of arguments, fork, and those that glibc's module map leaves
   out. Every function answers 0 or more, or -1 with errno, unless it says otherwise. */
#ifndef EARSHOT_CSYSTEM_H
#define EARSHOT_CSYSTEM_H

#include <signal.h>
#include <sys/types.h>

/* A descriptor that becomes readable when one of the signals comes in, which are blocked. */
int earshot_signal_descriptor(const sigset_t *signals);

/* The number of the next signal that came in; 0 where none has. */
int earshot_next_signal(int descriptor);

/* Splits off the process that listens, and answers in it alone, with a descriptor to ask through; before any thread begins.
   The process that is left never sees a packet: it hands signals on, opens `path` when asked (nothing where that is NULL),
   and ends as the other does, in the same way. */
int earshot_split(const char *path);

/* Asks it to open the file anew; answers a descriptor. */
int earshot_ask_for_file(int broker);

/* Empties the set of capabilities that could ever be gained, as far as the process may; before it gives up its user. */
int earshot_empty_bounding_set(void);

/* Gives up all groups and the user for others; 0 as the group stands for the user's own id. */
int earshot_become(uid_t user, gid_t group);

/* Gives up all capabilities but `kept` (a bit for each), in every set, and new privileges for good. */
int earshot_drop_capabilities(unsigned long long kept);

/* Lets the process reach no file from now on; answers the version of Landlock, or 0 where the kernel has none. */
int earshot_restrict_files(void);

/* Lets the process and its threads call nothing but what reading open descriptors and writing to them takes. */
int earshot_restrict_calls(void);

#endif
