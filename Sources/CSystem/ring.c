#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct earshot_ring {
    char *path;
    /* Where its extension begins. */
    size_t stem;
    /* Room for a name. */
    char *name;
    size_t room;
    /* Numbers of the files that were made and are kept, the oldest one leading. */
    unsigned long *made;
    unsigned int kept;
    unsigned int count;
    unsigned long next;
};

/* Names that are taken are passed over, but not for ever. */
static const unsigned long attempts = 100000;

struct earshot_ring *earshot_ring_make(const char *path, unsigned int count) {
    struct earshot_ring *ring = calloc(1, sizeof *ring);
    if (ring == NULL) return NULL;
    size_t length = strlen(path);
    const char *base = strrchr(path, '/');
    base = base == NULL ? path : base + 1;
    const char *dot = strrchr(base, '.');
    ring->stem = dot == NULL || dot == base ? length : (size_t)(dot - path);
    ring->room = length + 32;
    ring->path = strdup(path);
    ring->name = malloc(ring->room);
    ring->count = count > 0 ? count : 1;
    ring->made = calloc((size_t)ring->count + 1, sizeof *ring->made);
    if (ring->path != NULL && ring->name != NULL && ring->made != NULL) return ring;
    free(ring->path);
    free(ring->name);
    free(ring->made);
    free(ring);
    return NULL;
}

static const char *name_of(struct earshot_ring *ring, unsigned long number) {
    if (number == 0) return ring->path;
    snprintf(ring->name, ring->room, "%.*s-%06lu%s", (int)ring->stem, ring->path, number, ring->path + ring->stem);
    return ring->name;
}

int earshot_ring_next(struct earshot_ring *ring) {
    int descriptor = -1;
    unsigned long end = ring->next + attempts;
    for (; descriptor < 0 && ring->next < end; ring->next++) {
        descriptor = open(
            name_of(ring, ring->next), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0 && errno != EEXIST) return -1;
    }
    if (descriptor < 0) return -1;
    ring->made[ring->kept++] = ring->next - 1;
    if (ring->kept > ring->count) {
        /* Somebody may have taken it away. */
        unlink(name_of(ring, ring->made[0]));
        memmove(ring->made, ring->made + 1, --ring->kept * sizeof *ring->made);
    }
    return descriptor;
}
