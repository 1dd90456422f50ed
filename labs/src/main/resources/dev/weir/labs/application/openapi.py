# A client that knows nothing of the API but the address of its OpenAPI page: which calls there are, by which method and path,
# with what parameters, all comes from there. Asks about a flow, changes it, ends it: openapi.py ADDRESS KEY
import json
import sys
import urllib.error
import urllib.parse
import urllib.request

address, key = sys.argv[1:]


def http(method, path, body=None):
    request = urllib.request.Request(
        address + path, method=method, data=None if body is None else json.dumps(body).encode(),
        headers={} if body is None else {'Content-Type': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


status, page = http('GET', '/v1/openapi.json')
print('page', status, page['openapi'], len(page['paths']), 'paths')

calls = {}
for path, methods in page['paths'].items():
    for method, operation in methods.items():
        if isinstance(operation, dict) and 'operationId' in operation:
            calls.setdefault(operation['operationId'].split('.')[-1].split('_')[-1], (method.upper(), path, operation))


def call(name, **values):
    method, path, operation = calls[name]
    taken = {p['name']: p for p in operation.get('parameters', [])}
    query = {name: value for name, value in values.items() if name in taken}
    body = {name: value for name, value in values.items() if name not in taken}
    if body and 'requestBody' not in operation:
        raise SystemExit(f'{name}: the page has no parameters {sorted(body)}, only {sorted(taken)}')
    return http(method, path + ('?' + urllib.parse.urlencode(query) if query else ''), body or None)


def show(what, answer):
    print(what, answer[0], json.dumps(answer[1], sort_keys=True))
    return answer[1]


print('calls', ' '.join(sorted(calls)))
show('version', call('GetVersion'))
show('listed', call('ListFlows', **{'filter': 'proto == udp && dst_port == 53', 'pageSize': 10}))
before = show('got', call('GetFlow', **{'key.text': key}))['flow']
after = show('updated', call('UpdateFlow', change={'key': {'text': key}, 'lifetime': {'idle': '30s'}}))['flow']
changed = sorted(name for name in before | after if before.get(name) != after.get(name))
print('changed', ' '.join(changed))
for node in call('ListNodes')[1]['nodes']:
    if node['type'] == 'mirror':
        print('mirror', json.dumps(node['counters'], sort_keys=True))
show('refused', call('GetFlow', **{'key.text': 'tcp 10.0.0.1 > 10.0.0.2:80'}))
show('deleted', call('DeleteFlow', **{'key.text': key}))
show('gone', call('GetFlow', **{'key.text': key}))
