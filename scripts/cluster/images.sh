#!/usr/bin/env bash
# Makes the images of a real node from a C compiler and Debian's programs; no registry is asked.
#
#   scripts/cluster/images.sh DIRECTORY
#
#   weft.local/pause:1    holds a pod's namespaces
#   weft.local/tools:1    busybox (sh, wget, nslookup ...), curl, iptables, nginx
#   weft.local/web:1      the same, serving port 8080 (PORT); /cgi-bin/who names the pod that answers
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
into=$1
mkdir -p "$into"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/pause"
cc -O2 -static -s -o "$work/pause/pause" "$here/pause.c"
"$here/mkimage.py" "$into/pause.tar" weft.local/pause:1 "$work/pause" --entrypoint /pause

root=$work/tools
mkdir -p "$root"/{tmp,etc,www/cgi-bin,usr/bin,usr/sbin,usr/lib,usr/lib64,root,run,var}
for directory in bin sbin lib lib64; do ln -s "usr/$directory" "$root/$directory"; done
with_libraries() { # PROGRAM...: copies programs and the libraries that they load
  local program library
  for program in "$@"; do
    install -D "$program" "$root/usr/bin/${program##*/}"
    while read -r library; do
      [[ -e $root$library ]] || install -D "$library" "$root$library"
    done < <(ldd "$program" | grep -o '/[^ ]*')
  done
}
# Debian's dynamic busybox: a static one crashes when it resolves a name.
busybox=$(command -v busybox)
with_libraries "$busybox" "$(command -v curl)" "$(command -v xtables-nft-multi)" "$(command -v nginx)"
for alias in iptables iptables-save iptables-restore; do ln -s xtables-nft-multi "$root/usr/bin/$alias"; done
install -D {,"$root"}/usr/lib/nginx/modules/ngx_stream_module.so
modules=$(find /usr/lib -maxdepth 3 -type d -name xtables -print -quit)
mkdir -p "$root$modules"
cp "$modules"/lib{xt,ipt}_*.so "$root$modules/"
for applet in $("$busybox" --list); do
  [[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
echo ok >"$root/www/index.html"
cat >"$root/www/cgi-bin/who" <<'SH'
#!/bin/sh
printf 'Content-Type: text/plain\r\n\r\n'
echo "pod=$(hostname) path=$REQUEST_URI"
SH
cat >"$root/usr/bin/web" <<'SH' # process 1 of a container must end at TERM by itself
#!/bin/sh
trap 'exit 0' TERM INT
httpd -f -p "${PORT:-8080}" -h /www &
wait
SH
chmod +x "$root/www/cgi-bin/who" "$root/usr/bin/web"
chmod 1777 "$root/tmp"
"$here/mkimage.py" "$into/tools.tar" weft.local/tools:1 "$root" --cmd sh
"$here/mkimage.py" "$into/web.tar" weft.local/web:1 "$root" --entrypoint /usr/bin/web --port 8080
