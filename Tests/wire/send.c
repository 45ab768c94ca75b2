/* Puts the packets of captures on an interface, again and again.
 *
 *   wire-send INTERFACE PACKETS_PER_SECOND PACKETS FILE...    0 packets per second: as fast as it goes
 *
 * Prints how many packets were sent, and in how many seconds. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64 };

static struct iovec *packets;
static size_t count, room;

static int keep(const struct pcap_pkthdr *header, const u_char *octets)
{
    if (count == room) {
        room = room ? room * 2 : 4096;
        packets = realloc(packets, room * sizeof *packets);
        if (packets == NULL)
            return -1;
    }
    void *copy = malloc(header->caplen);
    if (copy == NULL)
        return -1;
    memcpy(copy, octets, header->caplen);
    packets[count++] = (struct iovec){copy, header->caplen};
    return 0;
}

static int load(const char *path)
{
    char problem[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, problem);
    if (capture == NULL) {
        fprintf(stderr, "wire-send: %s\n", problem);
        return -1;
    }
    if (pcap_datalink(capture) != DLT_EN10MB) {
        fprintf(stderr, "wire-send: %s is no Ethernet\n", path);
        return -1;
    }
    struct pcap_pkthdr *header;
    const u_char *octets;
    int status;
    while ((status = pcap_next_ex(capture, &header, &octets)) == 1)
        if (keep(header, octets) != 0)
            return -1;
    pcap_close(capture);
    return status == PCAP_ERROR ? -1 : 0;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: wire-send INTERFACE PACKETS_PER_SECOND PACKETS FILE...\n");
        return 2;
    }
    for (int index = 4; index < argc; index++)
        if (load(argv[index]) != 0)
            return 2;
    if (count == 0)
        return 2;
    double rate = atof(argv[2]);
    uint64_t wanted = strtoull(argv[3], NULL, 10), sent = 0;
    /* Of no protocol: it receives nothing. */
    int wire = socket(AF_PACKET, SOCK_RAW, 0);
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1])};
    int one = 1, large = 64 << 20;
    if (wire < 0 || bind(wire, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("wire-send");
        return 2;
    }
    setsockopt(wire, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one);
    setsockopt(wire, SOL_SOCKET, SO_SNDBUFFORCE, &large, sizeof large);
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    double start = now();
    while (sent < wanted) {
        uint64_t due = wanted - sent;
        if (rate > 0) {
            double ahead = (now() - start) * rate - (double)sent;
            if (ahead < 1) {
                struct timespec pause = {0, 20000};
                nanosleep(&pause, NULL);
                continue;
            }
            if (ahead < (double)due)
                due = (uint64_t)ahead;
        }
        unsigned int batch = due < BATCH ? (unsigned int)due : BATCH;
        for (unsigned int index = 0; index < batch; index++) {
            messages[index].msg_hdr.msg_iov = &packets[(sent + index) % count];
            messages[index].msg_hdr.msg_iovlen = 1;
        }
        int result = sendmmsg(wire, messages, batch, 0);
        /* An interface that is down or gone loses what is sent, as a wire does. */
        sent += result > 0 ? (uint64_t)result : 1;
    }
    printf("%" PRIu64 " %.3f\n", sent, now() - start);
    return 0;
}
