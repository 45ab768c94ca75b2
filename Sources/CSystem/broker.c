#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
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

/* The answer to a request: errno, and a descriptor where that is 0. */
static int send_file(int socket, int descriptor, int error) {
    union control control;
    struct iovec octets = {&error, sizeof error};
    struct msghdr message = {.msg_iov = &octets, .msg_iovlen = 1};
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
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof error ? 0 : -1;
}

int earshot_ask_for_file(int broker) {
    union control control;
    int error = 0;
    struct iovec octets = {&error, sizeof error};
    struct msghdr message = {
        .msg_iov = &octets, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
    if (write(broker, "o", 1) != 1) return -1;
    ssize_t count;
    while ((count = recvmsg(broker, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    if (count != (ssize_t)sizeof error) {
        if (count >= 0) errno = EPIPE;
        return -1;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (error != 0 || header == NULL || header->cmsg_type != SCM_RIGHTS) {
        errno = error != 0 ? error : EPROTO;
        return -1;
    }
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

/* Serves the listening process until it ends, and ends in the same way. */
static void serve(pid_t child, int socket, const char *path, const sigset_t *signals) {
    int notices = earshot_signal_descriptor(signals);
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
        char request;
        if (requests[1].revents & POLLIN && read(socket, &request, 1) == 1) {
            int descriptor =
                path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
            send_file(socket, descriptor, descriptor >= 0 ? 0 : path == NULL ? ENOENT : errno);
            if (descriptor >= 0) close(descriptor);
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

int earshot_split(const char *path) {
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
        serve(child, sockets[0], path, &signals);
    }
    close(sockets[0]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    /* A terminal sends ^C to both of them: one of a session of its own hears it from the other alone. */
    setpgid(0, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent) return -1;
    return sockets[1];
}
