#!/usr/bin/env bash
# Puts the program into $RUNNER_TEMP/benchbot-bin: the released one where checksums.txt holds its digest, else
# one that is built from this folder. A released one that cannot be fetched, or is not the one that the digest
# is of, ends the job: it is never replaced by another way in silence.
set -euo pipefail
cd "${GITHUB_ACTION_PATH:-$(dirname "$0")}"
bin="$RUNNER_TEMP/benchbot-bin"
mkdir -p "$bin"

case "${RUNNER_OS:-}" in Linux) os=linux ;; macOS) os=darwin ;; Windows) os=windows ;; *) os= ;; esac
case "${RUNNER_ARCH:-}" in X64) arch=amd64 ;; ARM64) arch=arm64 ;; *) arch= ;; esac
version=$(<VERSION)
file="benchbot_${version}_${os}_${arch}.tar.gz"
want=$(awk -v file="$file" '$2 == file { print $1 }' checksums.txt)

if [[ -z $want ]]; then
	echo "benchbot: no release for this machine, so it is built from source"
	GOFLAGS='' GOWORK=off go build -C "$PWD" -trimpath -o "$bin/" ./cmd/benchbot
	exit
fi

address="${BENCHBOT_RELEASES:-https://github.com/benchbot/benchbot/releases/download}/v$version/$file"
echo "benchbot: fetching $address"
cd "$bin" # sha256sum and tar are not given a path: what Windows calls one, they read as something else
if ! curl --fail --silent --show-error --location --retry 3 --max-time 120 --output "$file" "$address"; then
	echo "::error::benchbot: $file cannot be fetched; nothing was run"
	exit 1
fi
if command -v sha256sum >/dev/null; then got=$(sha256sum "$file"); else got=$(shasum -a 256 "$file"); fi
if [[ ${got%% *} != "$want" ]]; then
	rm -f "$file"
	echo "::error::benchbot: $file has the digest ${got%% *}, and $want is the one that was released; nothing was run"
	exit 1
fi
tar -xzf "$file"
rm -f "$file"
