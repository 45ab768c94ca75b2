#define _GNU_SOURCE
#include "csystem.h"

#include <nss.h>

int earshot_ask_nobody_for_hosts(void) { return __nss_configure_lookup("hosts", "files"); }
