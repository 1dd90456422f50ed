# A server's datagrams: ADDRESS PORT SOURCE-PORT SECONDS SIZE PAUSE; prints how many it sent until then, or SIGINT, and what a router said of them. They may not be
# fragmented, whatever is known of the path.
import errno, signal, socket, struct, sys, time

IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, IP_RECVERR = 10, 3, 11

address, port, source, seconds, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
pause = float(sys.argv[6])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE)
s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
s.bind(('', source))
end, sent, told = time.monotonic() + seconds, 0, set()


def stop(*_):
    global end
    end = 0


signal.signal(signal.SIGINT, stop)
print('sending', flush=True)
while sent == 0 or time.monotonic() < end:
    try:
        s.sendto(bytes(size), (address, port))
        sent += 1
    except OSError:
        pass  # what was said of an earlier one; read below
    time.sleep(pause)
    try:
        while True:
            for _, _, data in s.recvmsg(100, 1000, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)[1]:
                number, _, _, _, _, mtu = struct.unpack('=IBBBBI', data[:12])
                told.add(f'mtu {mtu}' if number == errno.EMSGSIZE else errno.errorcode.get(number, str(number)))
    except OSError:
        pass
print('sent', sent, *sorted(told))
