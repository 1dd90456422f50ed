# A name server that gives every question back as an answer, or somebody who asks it: dns.py serve, dns.py ask NAME.
import socket
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if sys.argv[1] == 'serve':
    s.bind(('10.0.0.2', 53))
    print('serving')
    while True:
        question, asker = s.recvfrom(1500)
        s.sendto(question[:2] + b'\x81\x80' + question[4:], asker)
name = b''.join(bytes([len(label)]) + label.encode() for label in sys.argv[2].split('.'))
s.settimeout(5)
s.sendto(b'\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00' + name + b'\x00\x00\x01\x00\x01', ('10.0.0.2', 53))
print(len(s.recv(1500)), 'octets of answer')
