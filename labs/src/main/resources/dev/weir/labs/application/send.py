# Sends datagrams that name nothing from 10.0.0.1:4000 to 10.0.0.2:9, one every 50 ms.
import socket
import sys
import time

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.0.0.1', 4000))
for i in range(int(sys.argv[1])):
    s.sendto(b'datagram', ('10.0.0.2', 9))
    time.sleep(0.05)
