#!/bin/sh
# optimize.sh: builds the program as it is installed, laid out for what it does most, and says where it is.
#
# It is built once with counters and reads loads of the project's own making and the sample captures; then it is built again
# with what was counted, and optimized across its modules when it is linked. Both builds stay in .build, so that the next time
# is shorter. $RELEASE are the options of a release build, $TOOLS is where the toolchain's programs are; the product
# `workload` is there.
set -eu
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift} release=${RELEASE:--c release} tools=${TOOLS:-}
build() {
    scratch=$1
    shift
    "$swift" build $release --product earshot --scratch-path "$scratch" "$@" >&2
}
binaries() { "$swift" build $release --scratch-path "$1" --show-bin-path; }

# The compiler's options are of Swift 6.3; the runtime is the toolchain's own, and no other's format.
runtime=$("$tools/clang" -print-resource-dir 2>/dev/null || true)/lib/linux/libclang_rt.profile-$(uname -m).a
if [ ! -f "$runtime" ] || [ ! -x "$tools/llvm-profdata" ] || [ ! -x "$tools/ld.lld" ] \
    || ! "$tools/swift-frontend" -frontend -help-hidden 2>/dev/null | grep -q -e -ir-profile-generate; then
    echo "the toolchain cannot count what a program does: it is built without that" >&2
    build .build
    folder=$(binaries .build)
    echo "$folder/earshot"
    exit
fi

build .build/counted -Xswiftc -Xfrontend -Xswiftc -ir-profile-generate \
    -Xlinker -u__llvm_profile_runtime -Xlinker "$runtime" -Xlinker -z -Xlinker nostart-stop-gc
folder=$(binaries .build/counted)
counted=$folder/earshot
folder=$(binaries .build)
workload=$folder/workload

# Named by all that it depends on: the compiler would not notice that a file of the same name has changed.
name=$(cat "$counted" "$workload" deploy/optimize.sh captures/*.pcap captures/authorities.pem | sha256sum | cut -c 1-16)
profile=$PWD/.build/optimized/profiles/$name
if [ ! -f "$profile" ]; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    export LLVM_PROFILE_FILE="$folder/%p.profraw"
    # Exit status 1 says that something was found.
    read_all() {
        "$counted" --threads 1 "$@" >/dev/null 2>"$folder/said" || [ $? -eq 1 ] || {
            cat "$folder/said" >&2
            return 1
        }
    }
    for load in W1:0.02 W2:0.005 W3:0.01 W4:0.05 W5c:0.02; do
        "$workload" "${load%:*}" --out "$folder" --name load --scale "${load#*:}" >/dev/null
        for format in summary jsonl text; do read_all --format "$format" -r "$folder/load.pcap"; done
    done
    for format in jsonl text; do read_all --format "$format" --trust captures/authorities.pem -r captures/*.pcap; done
    "$tools/llvm-profdata" merge --sparse -o "$folder/profile" "$folder"/*.profraw
    rm -rf .build/optimized/profiles
    mkdir -p .build/optimized/profiles
    mv "$folder/profile" "$profile"
fi
# Where the package manager can: optimized once more when all of it is known, in parts ("thin"; as one piece the linker works
# alone for minutes), and without a register for each function's frame.
known=$("$swift" build --help-hidden 2>/dev/null || true) more=
for option in --experimental-lto-mode=thin --omit-frame-pointers; do
    case $known in *"${option%%=*}"*) more="$more $option" ;; esac
done
build .build/optimized -Xswiftc -Xfrontend -Xswiftc -ir-profile-use="$profile" $more
place=$(binaries .build/optimized)
echo "$place/earshot"
