# Answers every line with its name, whom it talks to, and the line. usage: answer.py NAME
import socketserver, sys


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            peer = f'{self.client_address[0]}:{self.client_address[1]}'
            self.wfile.write(f'{sys.argv[1]} {peer} {line.decode()}'.encode())


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256


print('ready')
Server(('0.0.0.0', 8000), Handler).serve_forever()
