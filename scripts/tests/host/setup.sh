#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# setup.sh SETUP - which of Debian's kernels setup takes
#
# apt and mmdebstrap are replaced by programs that say what this test wants.

set -eu

setup=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin" "$work/cache/busybox/bin"
: >"$work/cache/busybox/bin/busybox"
: >"$work/cache/apt-updated"
count=0

fail() {
	echo "setup.sh: $*" >&2
	exit 1
}

# program NAME: standard input is the program
program() {
	{
		echo '#!/bin/sh'
		cat
	} >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

program apt-get <<END
[ "\$1" != indextargets ] || echo "bookworm a-mirror/debian"
END
program mmdebstrap <<END
for word; do
	case \$word in
	--include=*)	echo "\${word#--include=}" >"$work/asked" ;;
	esac
done
echo "E: this is a test"
exit 1
END
# The search finds what is in the file `packages`; all have the version of the last number.
program apt-cache <<END
while [ "\$1" = -o ]; do shift 2; done
case \$1 in
search)	grep -E -- "\$3" "$work/packages" | sed 's/\$/ - a package/' ;;
show)	echo "Version: 6.1.\${2##*-6.1.0-}" ;;
esac
END

# takes RELEASE PACKAGE...: of these packages setup takes that release
takes() {
	wanted=$1
	shift
	printf '%s\n' "$@" >"$work/packages"
	rm -rf "$work/cache/apt" "$work/asked"
	rc=0
	TWR_CACHE=$work/cache PATH=$work/bin:$PATH "$setup" 6.1 >"$work/said" 2>&1 || rc=$?
	[ $rc = 77 ] || fail "status $rc: $(cat "$work/said")"
	asked=$(grep -oE 'linux-image-[^ ]*' "$work/asked" 2>/dev/null) || asked=none
	[ "$asked" = "$wanted" ] || fail "it asked for $asked, not for $wanted of: $*"
	count=$((count + 1))
}

h=linux-headers-6.1.0 i=linux-image-6.1.0
takes $i-10-amd64 $h-9-amd64 $i-9-amd64 $h-10-amd64 $i-10-amd64
# The headers of an update come first.
takes $i-9-amd64 $h-9-amd64 $i-9-amd64 $h-10-amd64 $i-10-amd64-unsigned $i-10-amd64-dbg
# Its kernel without headers is of no use either, nor are those of another flavour.
takes $i-9-amd64 $h-9-amd64 $i-9-amd64 $i-10-amd64 $h-11-rt-amd64 $i-11-rt-amd64
takes none $h-10-amd64 $i-9-amd64
grep -q "^setup: Linux 6.1 is not available: no package of it in " "$work/said" ||
	fail "it does not say why: $(cat "$work/said")"
echo "$count states of Debian's archive"
