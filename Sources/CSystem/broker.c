#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it. */
union control {
    char room[CMSG_SPACE(sizeof(int))];
    struct cmsghdr header;
};

/* Sends octets, and a descriptor where there is one. */
static int send_along(int socket, const void *octets, size_t length, int descriptor) {
    union control control;
    struct iovec content = {(void *)octets, length};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    memset(&control, 0, sizeof control);
    if (descriptor >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof descriptor);
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

/* What can be asked for: octets of a fixed shape, which the process that serves never looks at in any other way. */
struct request {
    char what;
    unsigned char place;
    unsigned char is_promiscuous;
    char name[IFNAMSIZ];
};
enum { OPEN_FILE = 'o', MAKE_EVIDENCE = 'e', KEEP_INTERFACE = 'k', SEAL = 's', BIND_INTERFACE = 'b' };

/* Receives a message of just this length; answers the descriptor that came along, or -1. */
static int receive(int socket, void *octets, size_t length, int *descriptor) {
    union control control;
    struct iovec room = {octets, length};
    struct msghdr message = {
        .msg_iov = &room, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    ssize_t count;
    while ((count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    *descriptor = -1;
    struct cmsghdr *header = count >= 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    }
    if (count == (ssize_t)length) return 0;
    if (*descriptor >= 0) close(*descriptor);
    if (count >= 0) errno = count == 0 ? EPIPE : EPROTO;
    return -1;
}

/* Asks, and waits for the answer; answers 0, or -1 with errno. */
static int ask(int broker, const struct request *request, int *descriptor) {
    if (write(broker, request, sizeof *request) != (ssize_t)sizeof *request) return -1;
    int error = 0;
    if (receive(broker, &error, sizeof error, descriptor) != 0) return -1;
    if (error == 0) return 0;
    if (*descriptor >= 0) close(*descriptor);
    errno = error;
    return -1;
}

static int ask_for_descriptor(int broker, char what) {
    struct request request = {.what = what};
    int descriptor;
    if (ask(broker, &request, &descriptor) != 0) return -1;
    if (descriptor < 0) errno = EPROTO;
    return descriptor;
}

int earshot_ask_for_file(int broker) { return ask_for_descriptor(broker, OPEN_FILE); }

int earshot_ask_for_evidence(int broker) { return ask_for_descriptor(broker, MAKE_EVIDENCE); }

int earshot_keep_interface(int broker, int place, int socket, const char *name, int is_promiscuous) {
    if (place < 0 || place >= EARSHOT_INTERFACES || strlen(name) >= IFNAMSIZ) {
        errno = EINVAL;
        return -1;
    }
    struct request request = {
        .what = KEEP_INTERFACE, .place = (unsigned char)place, .is_promiscuous = is_promiscuous != 0};
    strcpy(request.name, name);
    if (send_along(broker, &request, sizeof request, socket) != 0) return -1;
    int error = 0, none;
    if (receive(broker, &error, sizeof error, &none) != 0) return -1;
    errno = error;
    return error == 0 ? 0 : -1;
}

int earshot_seal(int broker) {
    struct request request = {.what = SEAL};
    int none;
    return ask(broker, &request, &none);
}

int earshot_ask_for_interface(int broker, int place) {
    struct request request = {.what = BIND_INTERFACE, .place = (unsigned char)place};
    int none;
    return ask(broker, &request, &none);
}

/* What the process that serves keeps: paths of files, and sockets that it never reads. */
struct kept {
    const char *path;
    struct earshot_ring *ring;
    pid_t child;
    int notices;
    int is_sealed;
    struct {
        int socket;
        int is_promiscuous;
        int hardware;
        char name[IFNAMSIZ];
    } interfaces[EARSHOT_INTERFACES];
};

/* Takes a socket to be bound again later; answers errno. */
static int keep(struct kept *kept, struct request *request, int socket) {
    int hardware = socket < 0 ? -1 : earshot_hardware(socket);
    if (kept->is_sealed || request->place >= EARSHOT_INTERFACES || kept->interfaces[request->place].socket >= 0) {
        return EPERM;
    }
    if (hardware < 0) return ENOTSOCK;
    request->name[IFNAMSIZ - 1] = 0;
    kept->interfaces[request->place].socket = socket;
    kept->interfaces[request->place].is_promiscuous = request->is_promiscuous;
    kept->interfaces[request->place].hardware = hardware;
    memcpy(kept->interfaces[request->place].name, request->name, IFNAMSIZ);
    return 0;
}

/* Does what was asked for, and answers. */
static void obey(struct kept *kept, int socket) {
    struct request request;
    int descriptor, answered = -1, error = EPROTO;
    if (receive(socket, &request, sizeof request, &descriptor) != 0) return;
    if (request.what == KEEP_INTERFACE) {
        error = keep(kept, &request, descriptor);
        if (error == 0) descriptor = -1;
    } else if (request.what == SEAL) {
        kept->is_sealed = 1;
        error = earshot_restrict_serving(kept->child, socket, kept->notices) == 0 ? 0 : errno;
    } else if (request.what == OPEN_FILE) {
        if (kept->path != NULL) {
            answered = open(kept->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        }
        error = answered >= 0 ? 0 : kept->path == NULL ? ENOENT : errno;
    } else if (request.what == MAKE_EVIDENCE) {
        if (kept->ring != NULL) answered = earshot_ring_next(kept->ring);
        error = answered >= 0 ? 0 : kept->ring == NULL ? ENOENT : errno;
    } else if (request.what == BIND_INTERFACE && request.place < EARSHOT_INTERFACES) {
        int place = request.place;
        error = earshot_bind_again(
                    kept->interfaces[place].socket, kept->interfaces[place].name, kept->interfaces[place].hardware,
                    kept->interfaces[place].is_promiscuous) == 0
                    ? 0
                    : errno;
    }
    send_along(socket, &error, sizeof error, answered);
    if (answered >= 0) close(answered);
    if (descriptor >= 0) close(descriptor);
}

/* Serves the listening process until it ends, and ends in the same way. */
static void serve(
    pid_t child, int socket, const char *path, struct earshot_ring *ring, const sigset_t *signals) {
    struct kept kept = {.path = path, .ring = ring, .child = child};
    for (int place = 0; place < EARSHOT_INTERFACES; place++) kept.interfaces[place].socket = -1;
    int notices = kept.notices = earshot_signal_descriptor(signals);
    struct pollfd requests[] = {{.fd = notices, .events = POLLIN}, {.fd = socket, .events = POLLIN}};
    /* The other may be of another user. */
    if (notices < 0 || earshot_empty_bounding_set() < 0 || earshot_drop_capabilities(1ULL << CAP_KILL) < 0) {
        kill(child, SIGTERM);
        requests[0].fd = -1;
    }
    for (;;) {
        if (poll(requests, 2, 1000) < 0) {
            if (errno != EINTR) break;
            requests[0].revents = requests[1].revents = 0;
        }
        for (int number; notices >= 0 && (number = earshot_next_signal(notices)) > 0;) {
            if (number != SIGCHLD) kill(child, number);
        }
        if (requests[1].revents & POLLIN) {
            obey(&kept, socket);
        } else if (requests[1].revents & (POLLHUP | POLLERR)) {
            requests[1].fd = -1;
        }
        int status;
        if (waitpid(child, &status, WNOHANG) != child) continue;
        if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
        sigset_t all;
        sigfillset(&all);
        signal(WTERMSIG(status), SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &all, NULL);
        raise(WTERMSIG(status));
        _exit(128 + WTERMSIG(status));
    }
    _exit(2);
}

int earshot_split(const char *path, struct earshot_ring *ring) {
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0) return -1;
    sigset_t signals;
    sigemptyset(&signals);
    int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGCHLD};
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) sigaddset(&signals, numbers[index]);
    sigset_t before;
    /* Nothing may be lost between the split and the loop. */
    if (sigprocmask(SIG_BLOCK, &signals, &before) != 0) return -1;
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) return -1;
    if (child > 0) {
        close(sockets[1]);
        serve(child, sockets[0], path, ring, &signals);
    }
    close(sockets[0]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    /* A terminal sends ^C to both of them: one of a session of its own hears it from the other alone. */
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) return -1;
    return sockets[1];
}
