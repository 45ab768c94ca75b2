/* toml++ (Debian's libtomlplusplus-dev), as far as settings need it. */
#ifndef EARSHOT_CTOML_H
#define EARSHOT_CTOML_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads TOML 1.0 and answers the same as JSON, dates as strings; or, with `line` at the place, what is wrong. The caller frees
   the text; NULL where there is no memory. `line` is 0 where it was read. */
char *earshot_toml_to_json(const char *text, size_t length, unsigned int *line);

#ifdef __cplusplus
}
#endif

#endif
