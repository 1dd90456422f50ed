# A tenant: one datagram to ADDRESS PORT from SOURCE-PORT, and what comes back.
import socket, sys

address, port, source = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ':' in address else socket.AF_INET
s = socket.socket(family, socket.SOCK_DGRAM)
s.settimeout(float(sys.argv[4]) if len(sys.argv) > 4 else 3)
s.bind(('', source))
s.sendto(b'a flow to cache', (address, port))
try:
    data, who = s.recvfrom(2000)
    print(who[0], who[1], data.decode())
except TimeoutError:
    print('no answer')
    sys.exit(1)
