#!/usr/bin/python3
"""Names flows: looks at the first packets of each, which a mirror copies to an interface, and tells Weir what it found.

When a flow's name is known, or after some packets without one, it is marked offloaded, with the finding in its sixteen octets:
a number (ctx_id), the protocol (1 DNS, 2 HTTP, 3 TLS), the name's beginning. The copies of that flow stop; how much it carried
in the end comes with the event of its end. A line is printed for each beginning, finding and end.
"""

import argparse
import collections
import os
import queue
import socket
import struct
import sys
import threading
import time

import grpc

import names
import packets
from weir.v1 import flow_pb2, flow_table_pb2, flow_table_pb2_grpc

ALL_PROTOCOLS = 3  # ETH_P_ALL of packet(7)
INFOS = struct.Struct('=IB11s')  # the first four octets are ctx_id, in the byte order of the machine
BATCH, CONVERSATIONS, RETRY_SECONDS = 1000, 100_000, 1


def show(key: flow_pb2.FlowKey) -> str:
    protocol = {packets.TCP: 'tcp', packets.UDP: 'udp'}.get(key.protocol, str(key.protocol))
    tenant = f' tenant {key.tenant}' if key.tenant else ''
    source, destination = (
        f'[{address}]:{port}' if ':' in address else f'{address}:{port}'
        for address, port in ((key.source, key.source_port), (key.destination, key.destination_port)))
    return f'{protocol} {source} > {destination}{tenant}'


def flow_of(key: flow_pb2.FlowKey):
    """As packets.Packet.flow has it."""
    ends = sorted([(key.source, key.source_port), (key.destination, key.destination_port)])
    return (key.protocol, *ends[0], *ends[1])


class Findings:
    """The names that were found, each with its number. Any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = {}
        self._names = [names.Name(0, '')]

    def number(self, name: names.Name) -> int:
        with self._lock:
            number = self._numbers.setdefault(name, len(self._names))
            if number == len(self._names):
                self._names.append(name)
            return number

    def of(self, flow: flow_pb2.Flow) -> str:
        with self._lock:
            name = self._names[flow.ctx_id] if flow.ctx_id < len(self._names) else self._names[0]
        return f'{names.PROTOCOLS[name.protocol]} {name.text}'.strip()


class Application:
    def __init__(self, channel: grpc.Channel, enough: int):
        self._table = flow_table_pb2_grpc.FlowTableStub(channel)
        self._enough = enough
        self._findings = Findings()
        self._lock = threading.Lock()
        self._conversations = collections.OrderedDict()
        self._changes = queue.Queue()
        self._copies = collections.Counter()

    # --- packets ---

    def look(self, frame: bytes):
        """Takes a copy of a packet."""
        packet = packets.parse(frame)
        if packet is None:
            return
        with self._lock:
            self._copies[packet.flow] += 1
            conversation = self._conversations.get(packet.flow)
            if conversation is None:
                conversation = self._conversations[packet.flow] = names.Conversation()
                if len(self._conversations) > CONVERSATIONS:
                    forgotten, _ = self._conversations.popitem(last=False)
                    del self._copies[forgotten]
        if conversation.packets < self._enough:
            name = conversation.add(packet)
            if name or conversation.packets == self._enough:
                conversation.packets = self._enough
                self._found(packet, name)

    def _found(self, packet: packets.Packet, name):
        number = self._findings.number(name) if name else 0
        name = name or names.Name(0, '')
        key = flow_pb2.FlowKey(
            protocol=packet.protocol,
            source=packet.source, source_port=packet.source_port,
            destination=packet.destination, destination_port=packet.destination_port)
        print(f'found {names.PROTOCOLS[name.protocol]} {name.text}'.rstrip() + f': {show(key)}')
        self._changes.put(flow_table_pb2.FlowChange(
            key=key, offloaded=True, infos=INFOS.pack(number, name.protocol, name.text.encode('ascii')[:11])))

    # --- calls ---

    def update(self):
        """Tells Weir what was found, as many at once as there are. Never returns."""
        while True:
            changes = [self._changes.get()]
            while len(changes) < BATCH and not self._changes.empty():
                changes.append(self._changes.get())
            answer = self._patiently(lambda: self._table.UpdateFlows(flow_table_pb2.UpdateFlowsRequest(changes=changes)))
            for failure in answer.failures:
                print(f'not updated: {show(changes[failure.index].key)}: {failure.message}')

    @staticmethod
    def _patiently(call):
        """Calls until it is answered: the daemon may be busy, or not there for a while."""
        while True:
            try:
                return call()
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED):
                    raise
                print(f'waiting: {error.details()}')
                time.sleep(RETRY_SECONDS)

    def watch(self):
        """Tells beginnings and ends of flows; after a cut it goes on where it was. Never returns."""
        request = flow_table_pb2.WatchFlowsRequest(kinds=[flow_pb2.CREATED, flow_pb2.ENDED])
        while True:
            self._patiently(lambda: self._read(request))
            time.sleep(RETRY_SECONDS)

    def _read(self, request: flow_table_pb2.WatchFlowsRequest):
        for message in self._table.WatchFlows(request):
            if not request.HasField('resume_after'):
                print('watching')
            if message.HasField('gap'):
                reason = flow_table_pb2.WatchFlowsResponse.Reason.Name(message.gap.reason)
                print(f'missed {message.gap.missed or "some"} events: {reason}')
            for event in message.events:
                self._happened(event)
            request.resume_after.CopyFrom(message.position)

    def _happened(self, event: flow_pb2.Event):
        flow = event.flow
        if event.kind == flow_pb2.CREATED:
            print(f'began {show(flow.key)}')
            return
        with self._lock:
            self._conversations.pop(flow_of(flow.key), None)
            copies = self._copies.pop(flow_of(flow.key), 0)
        reason = flow_pb2.EndReason.Name(flow.end_reason).lower()
        print(f'ended {show(flow.key)}: {self._findings.of(flow)}, {reason}, '
              f'{flow.forward.packets} packets {flow.forward.bytes} octets out, '
              f'{flow.reverse.packets} packets {flow.reverse.bytes} octets back, {copies} copies seen')


def run_always(work):
    """A thread whose failure ends the program."""
    def body():
        try:
            work()
        except grpc.RpcError as error:
            print(f'name_flows: {error.code().name}: {error.details()}', file=sys.stderr)
        finally:
            sys.stdout.flush()
            os._exit(1)
    threading.Thread(target=body, daemon=True).start()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument('interface', help='where the copies come')
    options.add_argument('--api', default='unix:/run/weir/weir.sock', help='where Weir is asked (default: %(default)s)')
    options.add_argument('--enough', type=int, default=10, help='packets of a flow without a name (default: %(default)s)')
    given = options.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS)) as frames:
        frames.bind((given.interface, 0))
        application = Application(grpc.insecure_channel(given.api), given.enough)
        run_always(application.watch)
        run_always(application.update)
        while True:
            frame, (_, _, direction, *_) = frames.recvfrom(65536)
            if direction != socket.PACKET_OUTGOING:
                application.look(frame)


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        pass
    except OSError as error:
        sys.exit(f'name_flows: {error}')
