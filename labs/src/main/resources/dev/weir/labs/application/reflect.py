#!/usr/bin/python3
# A client without stubs, that learns by server reflection what the daemon can be asked, and asks it: reflect.py TARGET
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

STRING, BYTES, MESSAGE = 9, 12, 11


def reflection_messages():
    """The few messages of grpc.reflection.v1 that are needed."""
    file = descriptor_pb2.FileDescriptorProto(name='reflection.proto', package='grpc.reflection.v1', syntax='proto3')

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for number, field, kind, repeated, of in fields:
            made.field.add(name=field, number=number, type=kind, label=3 if repeated else 1, type_name=of or None)

    package = '.grpc.reflection.v1.'
    message('Request', (4, 'file_containing_symbol', STRING, False, ''), (7, 'list_services', STRING, False, ''))
    message('Files', (1, 'file_descriptor_proto', BYTES, True, ''))
    message('Service', (1, 'name', STRING, False, ''))
    message('Services', (1, 'service', MESSAGE, True, package + 'Service'))
    message('Response', (4, 'files', MESSAGE, False, package + 'Files'), (6, 'services', MESSAGE, False, package + 'Services'))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName('grpc.reflection.v1.' + name)) for name in ('Request', 'Response')]


class Reflected:
    def __init__(self, target):
        self.channel = grpc.insecure_channel(target)
        self.request, response = reflection_messages()
        self.ask = self.channel.stream_stream(
            '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
            request_serializer=self.request.SerializeToString, response_deserializer=response.FromString)
        self.pool = descriptor_pool.DescriptorPool()
        self.known = {}

    def services(self):
        answer = next(self.ask(iter([self.request(list_services='*')])))
        return sorted(service.name for service in answer.services.service)

    def learn(self, service):
        """Adds the files that describe a service, each after those that it needs."""
        answer = next(self.ask(iter([self.request(file_containing_symbol=service)])))
        files = {}
        for octets in answer.files.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto.FromString(octets)
            files[file.name] = file

        def add(name):
            if name in self.known:
                return
            for needed in files[name].dependency:
                add(needed)
            self.known[name] = self.pool.Add(files[name])

        for name in files:
            add(name)
        return self.pool.FindServiceByName(service)

    def call(self, method, **values):
        """All answers of a call, as dictionaries."""
        factory = message_factory.MessageFactory(self.pool)
        asked, answered = factory.GetPrototype(method.input_type), factory.GetPrototype(method.output_type)
        invoke = self.channel.unary_stream(
            f'/{method.containing_service.full_name}/{method.name}',
            request_serializer=asked.SerializeToString, response_deserializer=answered.FromString)
        for answer in invoke(json_format.ParseDict(values, asked()), timeout=10):
            yield json_format.MessageToDict(answer)


daemon = Reflected(sys.argv[1])
print('services', ' '.join(daemon.services()))
flow_table = daemon.learn('weir.v1.FlowTable')
print('methods', ' '.join(method.name for method in flow_table.methods))
for answer in daemon.call(flow_table.methods_by_name['ScanFlows'], filter='dst_port == 53'):
    for flow in answer['flows']:
        print('flow', flow['key'], 'lifetime', flow['lifetime'], 'offloaded', flow.get('offloaded', False), 'ctx_id', flow.get('ctxId', 0))
dataplane = daemon.learn('weir.v1.Dataplane')
for answer in daemon.call(dataplane.methods_by_name['ListPorts']):
    print('ports', ' '.join(port['name'] for port in answer['ports']))
