#!/bin/sh
# Writes one source that reads several rules: scripts/cmake/rules_together.sh OUTPUT RULE.cpp...
#
# Reading the standard library takes far longer than compiling a rule. Each rule gets a namespace of its
# own, so that its helpers meet no others; headers come first, so that rules read none in there; at the
# end stand the functions that lib/rules/catalog.cpp calls.
set -eu
output=$1
shift
{
  grep -h '^#include' "$@" | LC_ALL=C sort -u
  for rule; do
    id=${rule##*/}
    id=${id%%_*}
    printf '\nnamespace %s {\n' "$id"
    echo 'namespace weft::rules { using namespace ::weft; using namespace ::weft::rules; }'
    printf '#include "%s"\n}\n' "$rule"
    printf 'namespace weft::rules { Rule %s() { return ::%s::weft::rules::%s(); } }\n' "$id" "$id" "$id"
  done
} >"$output.new"
mv "$output.new" "$output"
