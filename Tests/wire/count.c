/* The bare loop on an interface: what libpcap hands over of the mail ports, with nothing done to it.
 *
 *   wire-count INTERFACE BUFFER_MEGABYTES
 *
 * Prints "ready", and on SIGTERM how many packets it got, and how many the kernel lost. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static pcap_t *capture;

static void stop(int number)
{
    (void)number;
    pcap_breakloop(capture);
}

static void count(u_char *packets, const struct pcap_pkthdr *header, const u_char *octets)
{
    (void)header;
    (void)octets;
    *(uint64_t *)(void *)packets += 1;
}

int main(int argc, char **argv)
{
    char problem[PCAP_ERRBUF_SIZE];
    uint64_t packets = 0;
    if (argc != 3)
        return 2;
    capture = pcap_create(argv[1], problem);
    if (capture == NULL)
        return 2;
    pcap_set_snaplen(capture, 262144);
    pcap_set_promisc(capture, 1);
    pcap_set_timeout(capture, 20);
    pcap_set_buffer_size(capture, atoi(argv[2]) << 20);
    struct bpf_program program;
    if (pcap_activate(capture) < 0
        || pcap_compile(capture, &program, "tcp port 25 or tcp port 465 or tcp port 587", 1, PCAP_NETMASK_UNKNOWN) != 0
        || pcap_setfilter(capture, &program) != 0) {
        pcap_perror(capture, "wire-count");
        return 2;
    }
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    puts("ready");
    fflush(stdout);
    pcap_loop(capture, -1, count, (u_char *)&packets);
    struct pcap_stat statistics = {0};
    pcap_stats(capture, &statistics);
    printf("%" PRIu64 " %u\n", packets, statistics.ps_drop);
    return 0;
}
