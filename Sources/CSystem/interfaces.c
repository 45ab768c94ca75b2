#define _GNU_SOURCE
#include "csystem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* What a packet socket is bound to; -1 for another kind of socket. */
static int bound(int socket, struct sockaddr_ll *address) {
    socklen_t length = sizeof *address;
    memset(address, 0, sizeof *address);
    if (getsockname(socket, (struct sockaddr *)address, &length) != 0) return -1;
    if (address->sll_family == AF_PACKET) return 0;
    errno = EAFNOSUPPORT;
    return -1;
}

int earshot_hardware(int socket) {
    struct sockaddr_ll address;
    return bound(socket, &address) == 0 ? address.sll_hatype : -1;
}

/* Asks the kernel about an interface by its name. */
static int look(int socket, const char *name, unsigned long what, struct ifreq *request) {
    memset(request, 0, sizeof *request);
    strncpy(request->ifr_name, name, IFNAMSIZ - 1);
    return ioctl(socket, what, request);
}

int earshot_interface_state(int socket, const char *name) {
    struct sockaddr_ll address;
    struct ifreq request;
    /* All interfaces at once, and what is no network, are always there. */
    if (bound(socket, &address) != 0 || address.sll_ifindex == 0) return EARSHOT_IS_UP;
    if (address.sll_ifindex < 0) return EARSHOT_IS_GONE;
    /* Under another name it is still the same one. */
    if (look(socket, name, SIOCGIFFLAGS, &request) != 0) return EARSHOT_IS_UP;
    return request.ifr_flags & IFF_UP ? EARSHOT_IS_UP : EARSHOT_IS_DOWN;
}

int earshot_bind_again(int socket, const char *name, int hardware, int is_promiscuous) {
    struct sockaddr_ll address;
    struct ifreq request;
    if (bound(socket, &address) != 0) return -1;
    /* Only one that is gone is replaced. */
    if (address.sll_ifindex >= 0) {
        errno = EBUSY;
        return -1;
    }
    if (look(socket, name, SIOCGIFINDEX, &request) != 0) return -1;
    int index = request.ifr_ifindex;
    if (look(socket, name, SIOCGIFHWADDR, &request) != 0) return -1;
    if (request.ifr_hwaddr.sa_family != hardware) {
        errno = EPROTOTYPE;
        return -1;
    }
    /* Filter, ring and all else stay with the socket; who has it may bind it, which takes no capability. */
    memset(&address, 0, sizeof address);
    address.sll_family = AF_PACKET;
    address.sll_ifindex = index;
    address.sll_protocol = htons(ETH_P_ALL);
    if (bind(socket, (struct sockaddr *)&address, sizeof address) != 0) return -1;
    struct packet_mreq membership = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
    return is_promiscuous ? setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) : 0;
}
