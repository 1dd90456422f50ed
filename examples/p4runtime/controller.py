#!/usr/bin/env python3
"""A P4Runtime controller: runs a program, writes an entry, and tells what the program's tables hold and what becomes of it.

Needs the stubs that examples/p4runtime/stubs makes, on PYTHONPATH.
"""

import argparse
import pathlib
import queue
import re
import sys
import threading

import grpc
from google.rpc import status_pb2
from p4.config.v1 import p4info_pb2
from p4.v1 import p4runtime_pb2 as p4
from p4.v1 import p4runtime_pb2_grpc
from weir.p4runtime import extensions_pb2


class Controller:
    """A stream of a device, as its primary when the election id is the highest."""

    def __init__(self, channel, device, election):
        self.stub = p4runtime_pb2_grpc.P4RuntimeStub(channel)
        self.device = device
        self.election = p4.Uint128(low=election)
        self._out = queue.Queue()
        self.told = queue.Queue()
        self._stream = self.stub.StreamChannel(iter(self._out.get, None))
        threading.Thread(target=self._listen, daemon=True).start()
        self.send(arbitration=p4.MasterArbitrationUpdate(device_id=device, election_id=self.election))
        answer = self.told.get(timeout=10)
        if isinstance(answer, grpc.RpcError):
            raise answer
        status = answer.arbitration.status
        if status.code != 0:
            sys.exit(f'controller: not the primary: {status.message}; give a higher --election')

    def _listen(self):
        try:
            for message in self._stream:
                self.told.put(message)
        except grpc.RpcError as error:
            self.told.put(error)

    def send(self, **message):
        self._out.put(p4.StreamMessageRequest(**message))

    def run(self, program, info):
        """Has the device run a program."""
        self.stub.SetForwardingPipelineConfig(
            p4.SetForwardingPipelineConfigRequest(
                device_id=self.device,
                election_id=self.election,
                action=p4.SetForwardingPipelineConfigRequest.VERIFY_AND_COMMIT,
                config=p4.ForwardingPipelineConfig(p4info=info, p4_device_config=program),
            )
        )

    def write(self, *updates):
        self.stub.Write(p4.WriteRequest(device_id=self.device, election_id=self.election, updates=updates))

    def entries(self, table):
        wanted = p4.Entity(table_entry=p4.TableEntry(table_id=table))
        for answer in self.stub.Read(p4.ReadRequest(device_id=self.device, entities=[wanted])):
            yield from (entity.table_entry for entity in answer.entities)


def source(path):
    """The text of a program with its own included files in place: those in quotes, beside it."""

    def included(match):
        file = pathlib.Path(path).parent / match.group(1)
        return source(file) if file.exists() else match.group(0)

    text = pathlib.Path(path).read_text(encoding='utf-8')
    return re.sub(r'^#include "([^"]+)".*$', included, text, flags=re.MULTILINE)


def explain(error):
    """What a call that failed says, with the error of each update of a Write."""
    lines = [f'{error.code().name}: {error.details()}']
    for key, value in error.trailing_metadata() or ():
        if key == 'grpc-status-details-bin':
            for number, detail in enumerate(status_pb2.Status.FromString(value).details):
                each = p4.Error()
                if detail.Unpack(each) and each.canonical_code:
                    lines.append(f'  update {number}: {each.canonical_code} {each.message}')
    return '\n'.join(lines)


def text(entry, table):
    names = {field.id: field.name for field in table.match_fields}
    matches = (f'{names[m.field_id]}={m.exact.value.hex() or m}' for m in entry.match)
    return f'{table.preamble.alias} ' + ' '.join(matches)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('--address', default='127.0.0.1:9559', help='HOST:PORT or unix:PATH (%(default)s)')
    options.add_argument('--device', type=int, default=1)
    options.add_argument('--election', type=int, default=1)
    options.add_argument('--seconds', type=float, default=10, help='how long to listen (%(default)s)')
    options.add_argument('program', help='in P4')
    options.add_argument('p4info', help='what weir p4 compile --format p4info_binary gives')
    given = options.parse_args()
    program = source(given.program).encode()
    with open(given.p4info, 'rb') as file:
        info = p4info_pb2.P4Info.FromString(file.read())
    with grpc.insecure_channel(given.address) as channel:
        try:
            follow(Controller(channel, given.device, given.election), program, info, given.seconds)
        except grpc.RpcError as error:
            sys.exit(f'controller: {explain(error)}')


def follow(controller, program, info, seconds):
    controller.run(program, info)
    tables = {table.preamble.id: table for table in info.tables}
    print('runs, with the tables', ', '.join(table.preamble.name for table in tables.values()), flush=True)
    watch = p4.StreamMessageRequest()
    watch.other.Pack(extensions_pb2.WatchEntries(all_authors=True))
    controller.send(other=watch.other)
    timer = threading.Timer(seconds, controller.told.put, [None])
    timer.start()
    for message in iter(controller.told.get, None):
        if isinstance(message, grpc.RpcError):
            timer.cancel()
            raise message
        tell(message, tables)
    for table in tables.values():
        for entry in controller.entries(table.preamble.id):
            print('holds', text(entry, table))


def tell(message, tables):
    events = extensions_pb2.EntryEvents()
    if message.HasField('other') and message.other.Unpack(events):
        for event in events.events:
            kind = extensions_pb2.EntryEvent.Kind.Name(event.kind).lower()
            author = extensions_pb2.EntryEvent.Author.Name(event.author).lower()
            print(kind, 'by', author, text(event.entry, tables[event.entry.table_id]), flush=True)
    elif message.HasField('idle_timeout_notification'):
        for entry in message.idle_timeout_notification.table_entry:
            print('idle', text(entry, tables[entry.table_id]), flush=True)
    elif message.HasField('packet'):
        print('packet', message.packet.payload.hex(), flush=True)
    elif message.HasField('digest'):
        print('digest', message.digest, flush=True)


if __name__ == '__main__':
    main()
