# Frames that no tenant's router sends: each line of output is what was sent. INTERFACE WHAT
import socket, struct, sys

DC, SWITCH = bytes.fromhex('02000000000d'), bytes.fromhex('02000000005e')
GATEWAY, TENANT = bytes.fromhex('0200000000fe'), bytes.fromhex('020000000101')


def checksum(data):
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(source, destination, payload, length=None):
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, length or 20 + len(payload), 0, 0x4000, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(destination))
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload


def udp(source, destination, payload, length=None):
    return struct.pack('!HHHH', source, destination, length or 8 + len(payload), 0) + payload


def frame(source='192.168.0.77', vni=100, flags=8, last=0, middle=0, inner_length=None, udp_length=None):
    inner = GATEWAY + TENANT + b'\x08\x00' + ipv4(source, '1.1.1.1', udp(7, 7, b'forged'), inner_length)
    vxlan = struct.pack('!II', flags << 24 | middle, vni << 8 | last) + inner
    return SWITCH + DC + b'\x08\x00' + ipv4('10.0.0.1', '10.0.0.254', udp(50000, 4789, vxlan, udp_length))


FRAMES = {
    'spoofed': [frame(last=10), frame(last=255, middle=0xffffff)],
    'malformed': [
        frame(flags=0),                 # no VNI
        frame(inner_length=2000),       # an inner packet that is longer than the datagram
        frame(udp_length=30),           # a datagram that is shorter than what holds it
        frame(udp_length=3000),         # and longer
        frame()[:60],                   # cut short within the inner headers
        SWITCH + DC + b'\x08\x00' + ipv4('10.0.0.1', '10.0.0.254', udp(50000, 53, b'no tunnel at all' * 3)),
    ],
}

s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
for each in FRAMES[sys.argv[2]]:
    s.send(each)
print(len(FRAMES[sys.argv[2]]))
