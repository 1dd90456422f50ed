# The application behind the mirror: prints a line for each copy of a datagram to port 9, and for each flow that ended.
import socket
import struct

frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
frames.bind(('eth0', 0))
print('watching')
copies = 0
while True:
    frame = frames.recv(65535)
    kind = struct.unpack('!H', frame[12:14])[0]
    if kind == 0x0800 and frame[23] == 17 and struct.unpack('!H', frame[36:38])[0] == 9:
        copies += 1
        print('copy', copies)
    elif kind == 0x0101:
        for n in range(struct.unpack('!H', frame[14:16])[0]):
            flags, ctx_id, client, server, _, _ = struct.unpack('!IIIIQQ', frame[16 + 32 * n:48 + 32 * n])
            why = 'idle' if flags & 0xFF == 1 else f'reason {flags & 0xFF}'
            print(f'ended ctx_id={ctx_id} client={client} server={server} {why}' + (' offloaded' if flags & 0x100 else ''))
