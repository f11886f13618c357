#!/bin/sh
# A compiler call through ccache: scripts/cmake/ccache.sh TREE COMPILER ARGUMENTS...
#
# Without the paths of the tree, checkouts and build folders share what they compile. Precompiled
# headers need the two tolerances (see the ccache manual), are up to 100 MB large and differ from
# build to build: a checksum of what goes into them, beside them, spares ccache from reading them
# for every source, a third of a build's time, and lets builds share what uses them.
CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_PCH_EXTSUM=1
export CCACHE_BASEDIR CCACHE_NOHASHDIR CCACHE_SLOPPINESS CCACHE_PCH_EXTSUM
shift
case " $* " in
  *" -x c++-header "*) ;;
  *) exec ccache "$@" ;;
esac

for argument; do
  [ "${before:-}" != -include ] || header=$argument
  [ "${before:-}" != -o ] || output=$argument
  before=$argument
done
# The old one would be taken for the header that it is made from.
rm -f "$output" "$output.sum"
ccache "$@" || exit

# The header itself, preprocessed with its macros and without the paths of the tree.
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  left=$((left - 1))
  case $argument in
    -MD) ;;
    -include | -o | -MT | -MF | -c | -x)
      shift
      left=$((left - 1))
      ;;
    *) set -- "$@" "$argument" ;;
  esac
done
"$@" -w -E -dD -P -x c++-header "$header" | sed "s|$CCACHE_BASEDIR||g" | sha256sum >"$output.sum"
