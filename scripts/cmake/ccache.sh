#!/bin/sh
# A compiler call through ccache: scripts/cmake/ccache.sh TREE COMPILER ARGUMENTS...
#
# Without the paths of the tree, checkouts and build folders share what they compile. Precompiled
# headers need the two tolerances (see the ccache manual) and are up to 100 MB large: a checksum
# beside them spares ccache from reading them again for every source, a third of a build's time.
CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1
export CCACHE_BASEDIR CCACHE_NOHASHDIR CCACHE_SLOPPINESS CCACHE_PCH_EXTSUM
shift
case " $* " in
  *" -x c++-header "*) ;;
  *) exec ccache "$@" ;;
esac
ccache "$@" || exit
while [ "$1" != -o ]; do shift; done
sha256sum <"$2" >"$2.sum"
