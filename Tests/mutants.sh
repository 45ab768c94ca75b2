#!/usr/bin/env bash
# Empties each rule in turn, so that it always passes, and shows that a test notices. Works on a copy.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy"
cd "$copy"

# The tests that know what each recording shows must be green before anything is taken away.
swift test --filter GoldenTests >"$copy/clean.log" 2>&1 || { tail -20 "$copy/clean.log"; echo "the tests fail unchanged"; exit 1; }

survivors=0
killed=0
while IFS= read -r rule; do
    cp "$rule" "$copy/rule.swift"
    # The body of judge(…) becomes `.pass`; what it used becomes unused, which is no warning in Swift.
    python3 - "$rule" <<'PYTHON'
import re, sys
path = sys.argv[1]
text = open(path).read()
out, at = "", 0
for match in re.finditer(r"static func judge\([^{]*\{", text):
    depth, end = 1, match.end()
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    out += text[at:match.end()] + " .pass }"
    at = end
open(path, "w").write(out + text[at:])
PYTHON
    name=$(basename "$rule" .swift)
    if swift build --build-tests >"$copy/build.log" 2>&1; then
        if swift test --skip-build --filter GoldenTests >"$copy/test.log" 2>&1; then
            echo "SURVIVED  $name"
            survivors=$((survivors + 1))
        else
            echo "killed    $name: $(grep -c 'recorded an issue' "$copy/test.log" || true) failures"
            killed=$((killed + 1))
        fi
    else
        grep -m3 'error:' "$copy/build.log" || true
        echo "NOT BUILT $name"
        survivors=$((survivors + 1))
    fi
    cp "$copy/rule.swift" "$rule"
done < <(grep -rl 'Rule {' Sources/Findings/Rules --include='*.swift' | sort)
echo "$killed killed, $survivors survived"
test "$survivors" -eq 0
