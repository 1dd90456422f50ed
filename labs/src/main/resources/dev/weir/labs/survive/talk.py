# Keeps connections and talks on them, a line every tenth of a second each; other connections come and go beside them.
# usage: talk.py COUNT ADDRESS ...
# For a word on standard input it says once a tenth of a second how the connections do, until all had an answer since:
#   [WORD] waiting for 3     [WORD] all go on     [WORD] broken: WHY
import socket, sys, threading, time


class Talk(threading.Thread):
    def __init__(self, address):
        super().__init__(daemon=True)
        self.socket = socket.create_connection((address, 8000), timeout=60)
        self.answers = self.socket.makefile('r')
        self.address, self.count, self.who, self.broken = address, 0, None, None

    def run(self):
        try:
            while True:
                self.socket.sendall(f'{self.count}\n'.encode())
                *who, said = self.answers.readline().split()
                self.who = self.who or who
                if who != self.who or said != str(self.count):
                    raise ValueError(f'{who} {said} answers, not {self.who} {self.count}')
                self.count += 1
                time.sleep(0.1)
        except (OSError, ValueError) as e:
            self.broken = f'{self.address} by {self.who}: {e!r}'


def churn(address):
    while True:
        try:
            with socket.create_connection((address, 8000), timeout=5) as s:
                s.sendall(b'short\n')
                s.recv(100)
        except OSError:
            pass
        time.sleep(0.02)


words = sys.argv[1:]
talks = [Talk(address) for count, address in zip(words[::2], words[1::2]) for _ in range(int(count))]
for talk in talks:
    talk.start()
for address in words[1::2]:
    threading.Thread(target=churn, args=(address,), daemon=True).start()
print('talking')
for line in sys.stdin:
    word, before = line.strip(), [talk.count for talk in talks]
    while True:
        broken = [talk.broken for talk in talks if talk.broken]
        # one more than the answer that may have been under way
        waiting = sum(talk.count < count + 2 for talk, count in zip(talks, before))
        if broken:
            print(f'[{word}] broken: {"; ".join(broken)}')
        elif waiting:
            print(f'[{word}] waiting for {waiting}')
        else:
            print(f'[{word}] all go on')
        if broken or not waiting:
            break
        time.sleep(0.1)
