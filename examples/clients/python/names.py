"""What a conversation says about itself in its first octets: a name, and by which protocol."""

import struct
from typing import NamedTuple, Optional

import packets

DNS, HTTP, TLS = 1, 2, 3
PROTOCOLS = {0: 'unknown', DNS: 'dns', HTTP: 'http', TLS: 'tls'}
_METHODS = (b'GET ', b'HEAD ', b'POST ', b'PUT ', b'DELETE ', b'OPTIONS ', b'PATCH ', b'CONNECT ')
_MOST = 16 * 1024  # octets kept of a direction


class Name(NamedTuple):
    protocol: int
    text: str


class Conversation:
    """The first packets of a flow. TCP is put together as far as segments come in order, each direction for itself."""

    def __init__(self):
        self.packets = 0
        self._next = {}
        self._said = {}

    def add(self, packet: packets.Packet) -> Optional[Name]:
        """The name, as soon as it is known."""
        self.packets += 1
        if packet.protocol == packets.UDP:
            return _safely(_dns, packet.payload) if 53 in (packet.source_port, packet.destination_port) else None
        expected = self._next.setdefault(packet.sender, packet.sequence)
        if packet.begins or packet.sequence != expected or not packet.payload:
            return None
        said = self._said.setdefault(packet.sender, bytearray())
        said += packet.payload[:_MOST - len(said)]
        self._next[packet.sender] = (packet.sequence + len(packet.payload)) & 0xFFFFFFFF
        octets = bytes(said)
        return _safely(_http, octets) or _safely(_tls, octets)


def _safely(find, octets: bytes) -> Optional[Name]:
    """Anything can be in a packet: what cannot be read names nothing."""
    try:
        return find(octets)
    except (struct.error, IndexError, UnicodeDecodeError):
        return None


def _printable(protocol: int, name: bytes) -> Optional[Name]:
    text = name.decode('ascii')
    return Name(protocol, text) if text and text.isprintable() else None


def _dns(message: bytes) -> Optional[Name]:
    """The name that is asked for (RFC 1035, section 4.1)."""
    if struct.unpack_from('!H', message, 4)[0] == 0:
        return None
    labels, at = [], 12
    while message[at]:
        if message[at] > 63:
            return None
        labels.append(message[at + 1:at + 1 + message[at]])
        at += 1 + message[at]
    return _printable(DNS, b'.'.join(labels))


def _http(request: bytes) -> Optional[Name]:
    """The host of a request (RFC 9112, section 3.2), as soon as the line is complete."""
    if not request.startswith(_METHODS):
        return None
    for line in request.split(b'\r\n')[1:-1]:
        field, _, value = line.partition(b':')
        if field.lower() == b'host':
            return _printable(HTTP, value.strip())
    return None


def _tls(record: bytes) -> Optional[Name]:
    """The server name of a ClientHello (RFC 8446, section 4.1.2; RFC 6066, section 3) in one record, once it is there whole."""
    kind, length, message = struct.unpack_from('!B2xHB', record)
    if kind != 22 or message != 1 or len(record) < 5 + length:
        return None
    at = 5 + 4 + 2 + 32  # headers, version, random
    at += 1 + record[at]  # session
    at += 2 + struct.unpack_from('!H', record, at)[0]  # cipher suites
    at += 1 + record[at]  # compression methods
    end = at + 2 + struct.unpack_from('!H', record, at)[0]
    at += 2
    while at < end:
        extension, length = struct.unpack_from('!HH', record, at)
        if extension == 0:
            name = struct.unpack_from('!H', record, at + 7)[0]
            return _printable(TLS, record[at + 9:at + 9 + name])
        at += 4 + length
    return None
