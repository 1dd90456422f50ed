"""Frames as they come from an interface: Ethernet, VLAN tags, IPv4 (RFC 791) or IPv6 (RFC 8200), TCP (RFC 9293) or UDP (RFC 768)."""

import socket
import struct
from typing import NamedTuple, Optional

TCP, UDP = 6, 17
SYN = 2
_IPV4, _IPV6, _VLANS = 0x0800, 0x86DD, (0x8100, 0x88A8)


class Packet(NamedTuple):
    protocol: int
    source: str
    source_port: int
    destination: str
    destination_port: int
    sequence: int  # of the first octet of the payload; 0 for UDP
    begins: bool  # whether it is a TCP SYN
    payload: bytes

    @property
    def flow(self):
        """The same for both directions."""
        ends = sorted([(self.source, self.source_port), (self.destination, self.destination_port)])
        return (self.protocol, *ends[0], *ends[1])

    @property
    def sender(self):
        return (self.source, self.source_port)


def parse(frame: bytes) -> Optional[Packet]:
    """A packet with ports, or None: of another protocol, a later fragment, cut off, malformed."""
    try:
        offset, kind = 14, struct.unpack_from('!H', frame, 12)[0]
        while kind in _VLANS:
            kind = struct.unpack_from('!H', frame, offset + 2)[0]
            offset += 4
        if kind == _IPV4:
            return _ipv4(frame[offset:])
        if kind == _IPV6:
            return _ipv6(frame[offset:])
    except (struct.error, IndexError):
        pass
    return None


def _ipv4(packet: bytes) -> Optional[Packet]:
    header, length, fragment = 4 * (packet[0] & 15), *struct.unpack_from('!H2xH', packet, 2)
    if packet[0] >> 4 != 4 or header < 20 or fragment & 0x1FFF:
        return None
    source, destination = socket.inet_ntop(socket.AF_INET, packet[12:16]), socket.inet_ntop(socket.AF_INET, packet[16:20])
    # segmentation offload writes no length that fits: then the frame's own counts
    return _transport(packet[9], source, destination, packet[header:length or len(packet)])


def _ipv6(packet: bytes) -> Optional[Packet]:
    length, protocol = struct.unpack_from('!HB', packet, 4)
    source, destination = socket.inet_ntop(socket.AF_INET6, packet[8:24]), socket.inet_ntop(socket.AF_INET6, packet[24:40])
    return _transport(protocol, source, destination, packet[40:40 + length] if length else packet[40:])


def _transport(protocol: int, source: str, destination: str, segment: bytes) -> Optional[Packet]:
    if protocol not in (TCP, UDP):
        return None
    source_port, destination_port = struct.unpack_from('!HH', segment)
    if protocol == UDP:
        return Packet(UDP, source, source_port, destination, destination_port, 0, False, segment[8:])
    sequence, header, flags = struct.unpack_from('!I4xBB', segment, 4)
    begins = bool(flags & SYN)
    first = (sequence + begins) & 0xFFFFFFFF
    return Packet(TCP, source, source_port, destination, destination_port, first, begins, segment[4 * (header >> 4):])
