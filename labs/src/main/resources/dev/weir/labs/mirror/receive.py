# Counts the datagrams that arrive at 10.0.0.2:9.
import socket

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.0.0.2', 9))
print('ready')
count = 0
while True:
    s.recv(100)
    count += 1
    print('got', count)
