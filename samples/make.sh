#!/bin/bash
# Makes the captures of this folder anew: real programs talk in network namespaces of their own, dumpcap and tcpdump listen.
# usage: sudo samples/make.sh [FOLDER]     FOLDER: where to write, this folder by default
# Installs from Debian's packages what is missing. Nothing leaves the namespaces; they are removed however the script ends.
#
#   alice 192.0.2.10, 2001:db8:a::10 ────┐
#                                        ├ router ──── server 203.0.113.80, 2001:db8:c::80
#   bob 198.51.100.10, 2001:db8:b::10 ───┘
set -euo pipefail

out=$(realpath "${1:-$(dirname "$0")}")
tmp=$(mktemp -d)
tag=weir$$
router=$tag-router alice=$tag-alice bob=$tag-bob server=$tag-server
children=()

fail() {
  echo "make.sh: $*" >&2
  exit 1
}

clean_up() {
  local pid name
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
  for name in $router $alice $bob $server; do
    ip netns pids "$name" 2>/dev/null | xargs -r kill 2>/dev/null || true
    ip netns del "$name" 2>/dev/null || true
  done
  rm -rf "$tmp"
}

# program:package; several programs can come from one package.
install_missing() {
  local missing=() need
  for need in ip:iproute2 ethtool:ethtool tcpdump:tcpdump dumpcap:wireshark-common tshark:tshark ping:iputils-ping \
    curl:curl nginx:nginx-light openssl:openssl dnsmasq:dnsmasq-base dig:bind9-dnsutils nmap:nmap ncat:ncat python3:python3; do
    PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null || missing+=("${need##*:}")
  done
  ((${#missing[@]} == 0)) && return
  echo "installing ${missing[*]}" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2 ||
    fail "cannot install ${missing[*]}: run apt-get update, or install them by hand"
}

# link NAMESPACE ROUTER-INTERFACE NET4 NET6 HOST: a cable from the namespace's eth0 to the router, which is .1 and ::1.
link() {
  local name=$1 interface=$2 net4=$3 net6=$4 host=$5
  ip netns add "$name"
  ip link add name "$interface" netns "$router" type veth peer name eth0 netns "$name"
  ip -n "$router" addr add "$net4.1/24" dev "$interface"
  ip -n "$router" addr add "$net6::1/64" dev "$interface" nodad
  ip -n "$name" addr add "$net4.$host/24" dev eth0
  ip -n "$name" addr add "$net6::$host/64" dev eth0 nodad
  # Without this the kernel hands itself segments of 64 KiB and leaves checksums to a network card that is not there.
  ip netns exec "$router" ethtool -K "$interface" tso off gso off gro off tx off >/dev/null
  ip netns exec "$name" ethtool -K eth0 tso off gso off gro off tx off >/dev/null
  ip -n "$name" link set lo up
  ip -n "$router" link set "$interface" up
  ip -n "$name" link set eth0 up
  ip -n "$name" route add default via "$net4.1"
  ip -n "$name" -6 route add default via "$net6::1"
}

build_network() {
  ip netns add "$router"
  ip -n "$router" link set lo up
  ip netns exec "$router" sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  # The defaults would keep most of the scan's answers back.
  ip netns exec "$router" sysctl -q net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
  link "$alice" alice 192.0.2 2001:db8:a 10
  link "$bob" bob 198.51.100 2001:db8:b 10
  link "$server" server 203.0.113 2001:db8:c 80
  ip netns exec "$server" sysctl -q net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# at NAMESPACE COMMAND...; background NAMESPACE COMMAND... leaves the process id in $last.
at() { ip netns exec "$@"; }
background() {
  ip netns exec "$@" >>"$tmp/log" 2>&1 &
  last=$!
  children+=("$last")
}

# until_true COMMAND...: up to five seconds.
until_true() {
  local try
  for ((try = 0; try < 50; try++)); do
    "$@" >/dev/null 2>&1 && return
    sleep 0.1
  done
  cat "$tmp/log" >&2
  fail "gave up waiting for: $*"
}

start_web_server() {
  mkdir -p "$tmp/www"
  echo '<html><title>weir</title><link rel=stylesheet href=style.css><img src=river.jpg></html>' >"$tmp/www/index.html"
  head -c 3000 /dev/urandom | base64 >"$tmp/www/style.css"
  head -c 24000 /dev/urandom >"$tmp/www/river.jpg"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=www.example -keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null
  chmod 755 "$tmp"
  cat >"$tmp/nginx.conf" <<CONF
user root;
daemon off;
pid $tmp/nginx.pid;
error_log $tmp/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path $tmp/body; proxy_temp_path $tmp/proxy; fastcgi_temp_path $tmp/fastcgi; uwsgi_temp_path $tmp/uwsgi; scgi_temp_path $tmp/scgi;
  server {
    listen 80; listen [::]:80; listen 443 ssl; listen [::]:443 ssl;
    ssl_certificate $tmp/cert.pem; ssl_certificate_key $tmp/key.pem;
    root $tmp/www;
    location /old { return 301 /; }
  }
}
CONF
  background "$server" nginx -c "$tmp/nginx.conf"
  until_true at "$server" curl -s -o /dev/null http://localhost/
}

start_name_server() {
  background "$server" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --no-daemon --user=root \
    --pid-file="$tmp/dnsmasq.pid" --bind-interfaces --interface=eth0 --except-interface=lo \
    --host-record=www.example,203.0.113.80,2001:db8:c::80 --mx-host=example,mail.example,10 --local=/example/ \
    --txt-record="long.example,$(printf 'v%.0s' {1..200}),$(printf 'w%.0s' {1..200}),$(printf 'x%.0s' {1..200})"
  until_true at "$server" dig +time=1 +tries=1 @203.0.113.80 www.example
}

# Each starts a capture in the router and waits until it is under way; stop_listening ends it.
listen_tcpdump() {
  background "$router" tcpdump -q -U --immediate-mode -i alice -w "$1" "${@:2}"
  listener=$last
  until_true test -s "$1"
}
listen_dumpcap() {
  background "$router" dumpcap -q -i alice -i bob -w "$1"
  listener=$last
  until_true test -s "$1"
  sleep 0.5
}
stop_listening() {
  sleep 1.5 # what the kernel still holds back
  kill -INT "$listener"
  wait "$listener" 2>/dev/null || true
}

# anonymous FILE: takes out what dumpcap wrote about the machine, length by length so that every block stays as it is.
anonymous() {
  local release
  release=$(uname -r)
  mergecap -F pcapng -I none -w "$tmp/merged" "$1"
  LC_ALL=C sed "s/${release//./\\.}/${release//?/x}/g" "$tmp/merged" >"$1"
}

# A page with its parts over one connection, the same over IPv6, over TLS, a redirect, a missing page, several at once.
browse() {
  local base
  for base in http://203.0.113.80 'http://[2001:db8:c::80]' https://203.0.113.80; do
    at "$alice" curl -sk -o /dev/null "$base/" -o /dev/null "$base/style.css" -o /dev/null "$base/river.jpg"
  done
  at "$alice" curl -sL -o /dev/null http://203.0.113.80/old
  at "$alice" curl -s -o /dev/null 'http://[2001:db8:c::80]/missing'
  at "$alice" curl -sk -o /dev/null 'https://[2001:db8:c::80]/style.css'
  at "$alice" curl -s -Z --parallel-immediate -o /dev/null -o /dev/null -o /dev/null \
    http://203.0.113.80/index.html http://203.0.113.80/style.css http://203.0.113.80/ 2>/dev/null
}

look_up_names() {
  local question
  for question in 'www.example A' 'www.example AAAA' 'example MX' 'nowhere.example A'; do
    at "$alice" dig +tries=1 +time=2 @203.0.113.80 $question >/dev/null
    at "$alice" dig +tries=1 +time=2 @2001:db8:c::80 $question >/dev/null
  done
  at "$alice" dig +tcp @203.0.113.80 long.example TXT >/dev/null
  at "$bob" dig +bufsize=512 @203.0.113.80 long.example TXT >/dev/null # cut short, then asked again over TCP
}

# Echo over both families, in one piece and in three; answers from a router that may not pass it on or finds nobody.
ping_around() {
  local client
  for client in "$alice" "$bob"; do
    at "$client" ping -q -i 0.05 -c 4 203.0.113.80 >/dev/null
    at "$client" ping -q -i 0.05 -c 4 2001:db8:c::80 >/dev/null
    at "$client" ping -q -i 0.05 -c 2 -s 4000 203.0.113.80 >/dev/null
    at "$client" ping -q -i 0.05 -c 2 -s 4000 2001:db8:c::80 >/dev/null
  done
  at "$alice" ping -q -c 1 -t 1 203.0.113.80 >/dev/null || true
  at "$alice" ping -6 -q -c 1 -t 1 2001:db8:c::80 >/dev/null || true
  at "$alice" ping -q -c 1 -W 4 203.0.113.99 >/dev/null || true
}

# A TCP reset by each side, a refused connection, UDP to a closed port, datagrams in fragments, UDP-Lite.
misbehave() {
  at "$bob" python3 - <<'PY'
import socket, struct

def reset(family, address):
    with socket.socket(family) as client:
        client.connect((address, 80))
        client.send(b"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n")
        client.recv(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

def refused(family, address):
    with socket.socket(family) as client:
        try:
            client.connect((address, 81))
        except ConnectionRefusedError:
            pass

def datagram(family, address, port, size, protocol=0):
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as client:
        client.sendto(bytes(size), (address, port))

for family, address in (socket.AF_INET, "203.0.113.80"), (socket.AF_INET6, "2001:db8:c::80"):
    reset(family, address)
    refused(family, address)
    datagram(family, address, 9, 100)
    datagram(family, address, 9, 3000)
    datagram(family, address, 9, 100, socket.IPPROTO_UDPLITE)
PY
}

scan() {
  at "$bob" nmap -n -Pn -sS -p 1-40,80,443 --max-retries 0 203.0.113.80 >/dev/null
  at "$bob" nmap -n -Pn -6 -sS -p 75-85 --max-retries 0 2001:db8:c::80 >/dev/null
  at "$bob" nmap -n -Pn -sU -p 50-59 --max-retries 0 203.0.113.80 >/dev/null
}

# A VXLAN between alice and the server, with hosts of its own at its ends.
build_tunnel() {
  ip -n "$alice" link add name vxlan0 type vxlan id 42 dstport 4789 local 192.0.2.10 remote 203.0.113.80
  ip -n "$server" link add name vxlan0 type vxlan id 42 dstport 4789 local 203.0.113.80 remote 192.0.2.10
  ip -n "$alice" addr add 10.42.0.1/24 dev vxlan0
  ip -n "$server" addr add 10.42.0.2/24 dev vxlan0
  ip -n "$alice" addr add 2001:db8:42::1/64 dev vxlan0 nodad
  ip -n "$server" addr add 2001:db8:42::2/64 dev vxlan0 nodad
  ip netns exec "$alice" ethtool -K vxlan0 tso off gso off gro off tx off >/dev/null
  ip netns exec "$server" ethtool -K vxlan0 tso off gso off gro off tx off >/dev/null
  ip -n "$alice" link set vxlan0 up
  ip -n "$server" link set vxlan0 up
}

use_tunnel() {
  at "$alice" ping -q -i 0.05 -c 3 10.42.0.2 >/dev/null
  at "$alice" ping -q -i 0.05 -c 3 2001:db8:42::2 >/dev/null
  at "$alice" curl -s -o /dev/null http://10.42.0.2/ -o /dev/null http://10.42.0.2/style.css
  at "$alice" curl -s -o /dev/null 'http://[2001:db8:42::2]/river.jpg'
}

# conversations FILE: what tshark makes of it; a conversation is both directions.
conversations() {
  local file=$1 kind
  printf '%-14s %6d bytes %4d packets; tshark: ' "$(basename "$file")" "$(stat -c %s "$file")" "$(tshark -r "$file" 2>/dev/null | wc -l)"
  for kind in tcp udp ip ipv6; do
    printf '%s %d  ' "$kind" "$(tshark -r "$file" -q -z "conv,$kind" 2>/dev/null | grep -c '<->')"
  done
  echo
}

main() {
  ((EUID == 0)) || fail "network namespaces need root; run it with sudo"
  export PATH=$PATH:/usr/sbin:/sbin
  trap clean_up EXIT
  trap 'exit 130' INT TERM
  install_missing
  build_network
  start_web_server
  start_name_server

  listen_tcpdump "$tmp/web.pcap"
  browse
  stop_listening

  listen_dumpcap "$tmp/mixed.pcapng"
  look_up_names
  ping_around
  misbehave
  scan
  at "$bob" curl -s -o /dev/null http://203.0.113.80/style.css -o /dev/null http://203.0.113.80/missing
  stop_listening

  anonymous "$tmp/mixed.pcapng"

  build_tunnel
  listen_tcpdump "$tmp/tunnel.pcap" --time-stamp-precision=nano
  use_tunnel
  stop_listening

  local file
  for file in web.pcap mixed.pcapng tunnel.pcap; do
    install -m 644 "$tmp/$file" "$out/$file"
    conversations "$out/$file"
  done
}

main
