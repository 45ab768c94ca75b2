/* What Swift cannot call: functions with a variable number of arguments, fork, and those that glibc's module map leaves
   out. Every function answers 0 or more, or -1 with errno, unless it says otherwise. */
#ifndef EARSHOT_CSYSTEM_H
#define EARSHOT_CSYSTEM_H

#include <signal.h>
#include <sys/types.h>

/* A descriptor that becomes readable when one of the signals comes in, which are blocked. */
int earshot_signal_descriptor(const sigset_t *signals);

/* From now on SIGINT and SIGTERM are noted; whoever sends one a third time, or SIGTERM twice, ends the process. One that was
   ignored stays so. */
int earshot_note_interruptions(void);

/* A descriptor that becomes readable with each of them from now on. */
int earshot_interruption_descriptor(void);

/* How often SIGINT and SIGTERM came in. */
int earshot_interruptions(void);
int earshot_terminations(void);

/* From now on hosts' names are looked up in files alone, and nobody is asked for one. */
int earshot_ask_nobody_for_hosts(void);

/* The number of the next signal that came in; 0 where none has. */
int earshot_next_signal(int descriptor);

/* Files that are made one after the other: the first is called `path`, the others have a number before its extension. */
struct earshot_ring;

/* A ring that keeps so many of its files; NULL where memory is short. It is never given back. */
struct earshot_ring *earshot_ring_make(const char *path, unsigned int count);

/* A new file of the ring, for its owner alone, open for writing. Names that are taken are passed over; when there are more
   files than are kept, the oldest that was made here is removed. */
int earshot_ring_next(struct earshot_ring *ring);

/* Splits off the process that listens, and answers in it alone, with a descriptor to ask through; before any thread begins.
   The process that is left never reads a packet: it hands signals on, opens `path` or makes the next file of `ring` when
   asked (nothing where these are NULL), binds sockets that it was given to interfaces of the same name that are back, and
   ends as the other does, in the same way. */
int earshot_split(const char *path, struct earshot_ring *ring);

/* Asks it to open the file anew; answers a descriptor. */
int earshot_ask_for_file(int broker);

/* Asks it for the next file of the ring; answers a descriptor. */
int earshot_ask_for_evidence(int broker);

/* Interfaces that can be kept. */
#define EARSHOT_INTERFACES 64

/* Gives it a packet socket, at a place below EARSHOT_INTERFACES, to be bound again when the interface is gone and back. */
int earshot_keep_interface(int broker, int place, int socket, const char *name, int is_promiscuous);

/* From now on it takes no more sockets, and can do nothing but what was said above (seccomp). */
int earshot_seal(int broker);

/* Asks it to bind what it keeps at a place; ENODEV where the interface is not there, EPROTOTYPE where it is another kind. */
int earshot_ask_for_interface(int broker, int place);

/* The kind of hardware (ARPHRD_…) that a packet socket is bound to. */
int earshot_hardware(int socket);

enum { EARSHOT_IS_GONE, EARSHOT_IS_DOWN, EARSHOT_IS_UP };

/* How the interface stands that a packet socket is bound to. */
int earshot_interface_state(int socket, const char *name);

/* Binds a packet socket whose interface is gone to the one that has its name now, if that is of the same kind of hardware.
   Takes no capability. */
int earshot_bind_again(int socket, const char *name, int hardware, int is_promiscuous);

/* Empties the set of capabilities that could ever be gained, as far as the process may; before it gives up its user. */
int earshot_empty_bounding_set(void);

/* Gives up all groups and the user for others; 0 as the group stands for the user's own id. */
int earshot_become(uid_t user, gid_t group);

/* Gives up all capabilities but `kept` (a bit for each), in every set, and new privileges for good. */
int earshot_drop_capabilities(unsigned long long kept);

/* Lets the process reach no file from now on; answers the version of Landlock, or 0 where the kernel has none, or a
   container does not let it be asked. */
int earshot_restrict_files(void);

/* Lets the process that serves `child` call nothing but what that takes: requests come through `socket`, signals by
   `notices`. Files can be opened for writing alone, and it writes none. */
int earshot_restrict_serving(pid_t child, int socket, int notices);

/* Lets the process and its threads call nothing but what reading open descriptors and writing to them takes. */
int earshot_restrict_calls(void);

#endif
