/* The bare loop: what libpcap needs to hand over the packets on the mail ports, with nothing done to them.
 *
 *   pcap-loop FILE...      prints how many packets matched, and their captured octets
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

static const char expression[] =
    "tcp port 25 or tcp port 465 or tcp port 587 or "
    "(vlan and (tcp port 25 or tcp port 465 or tcp port 587))";

static int count(const char *path, uint64_t *packets, uint64_t *octets)
{
    char problem[PCAP_ERRBUF_SIZE];
    pcap_t *capture = pcap_open_offline(path, problem);
    if (capture == NULL) {
        fprintf(stderr, "pcap-loop: %s\n", problem);
        return 1;
    }
    struct bpf_program program;
    if (pcap_compile(capture, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0
        || pcap_setfilter(capture, &program) != 0) {
        pcap_perror(capture, "pcap-loop");
        pcap_close(capture);
        return 1;
    }
    struct pcap_pkthdr *header;
    const u_char *frame;
    int status;
    while ((status = pcap_next_ex(capture, &header, &frame)) == 1) {
        *packets += 1;
        *octets += header->caplen;
    }
    if (status == PCAP_ERROR)
        pcap_perror(capture, "pcap-loop");
    pcap_freecode(&program);
    pcap_close(capture);
    return status == PCAP_ERROR;
}

int main(int argc, char **argv)
{
    uint64_t packets = 0, octets = 0;
    int failed = argc < 2;
    for (int index = 1; index < argc; index++)
        failed |= count(argv[index], &packets, &octets);
    printf("%" PRIu64 " packets, %" PRIu64 " octets\n", packets, octets);
    return failed ? 2 : 0;
}
