#!/bin/sh
# optimize.sh: builds the program as it is installed, laid out for what it does most, and says where it is.
#
# It is built once with counters and reads loads of the project's own making and the sample captures; then it is built again
# with what was counted. Nothing of that is kept but the program. $RELEASE are the options of a release build; the product
# `workload` is there.
set -eu
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift} release=${RELEASE:--c release}
build() {
    scratch=$1
    shift
    "$swift" build $release --product earshot --scratch-path "$scratch" "$@" >&2
}

tools=$(dirname "$(readlink -f "$(command -v "$swift")")")
runtime=$(find "$tools/../lib" -name "libclang_rt.profile-$(uname -m).a" -path '*linux*' 2>/dev/null | head -n 1)
if [ -z "$runtime" ] || [ ! -x "$tools/llvm-profdata" ]; then
    echo "the toolchain cannot count what a program does: it is built without that" >&2
    build .build
    echo "$("$swift" build $release --show-bin-path)/earshot"
    exit
fi

build .build/counted -Xswiftc -Xfrontend -Xswiftc -ir-profile-generate \
    -Xlinker -u__llvm_profile_runtime -Xlinker "$runtime" -Xlinker -z -Xlinker nostart-stop-gc
counted=$("$swift" build $release --scratch-path .build/counted --show-bin-path)/earshot
workload=$("$swift" build $release --show-bin-path)/workload
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LLVM_PROFILE_FILE="$folder/%p.profraw"
# Exit status 1 says that something was found.
read_all() { "$counted" --threads 1 "$@" >/dev/null 2>&1 || [ $? -eq 1 ]; }
for load in W1:0.02 W2:0.005 W3:0.01 W4:0.05 W5c:0.02; do
    "$workload" "${load%:*}" --out "$folder" --name load --scale "${load#*:}" >/dev/null
    for format in summary jsonl text; do read_all --format "$format" -r "$folder/load.pcap"; done
done
for format in jsonl text; do read_all --format "$format" --trust captures/authorities.pem -r captures/*.pcap; done

# The compiler would not notice that a file of the same name has changed.
rm -rf .build/optimized/profile
mkdir -p .build/optimized/profile
"$tools/llvm-profdata" merge --sparse -o "$folder/profile" "$folder"/*.profraw
profile=$PWD/.build/optimized/profile/$(sha256sum "$folder/profile" | cut -c 1-16)
mv "$folder/profile" "$profile"
build .build/optimized -Xswiftc -Xfrontend -Xswiftc -ir-profile-use="$profile"
echo "$("$swift" build $release --scratch-path .build/optimized --show-bin-path)/earshot"
