#define TOML_EXCEPTIONS 0
#include "ctoml.h"

#include <cstring>
#include <sstream>
#include <string>
#include <toml++/toml.h>

char *earshot_toml_to_json(const char *text, size_t length, unsigned int *line) {
    toml::parse_result result = toml::parse(std::string_view(text, length));
    std::string answer;
    if (result) {
        std::ostringstream json;
        json << toml::json_formatter(result.table());
        answer = json.str();
        *line = 0;
    } else {
        answer = std::string(result.error().description());
        *line = result.error().source().begin.line > 0 ? result.error().source().begin.line : 1;
    }
    return strdup(answer.c_str());
}
