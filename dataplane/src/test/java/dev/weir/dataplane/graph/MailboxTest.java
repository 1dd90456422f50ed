package dev.weir.dataplane.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Mail from many threads to one. */
class MailboxTest {
    private record Message(int sender, int number) {}

    @Test
    void mailbox_ofManySenders_deliversEachOnceAndInEachSendersOrder() throws InterruptedException {
        int senders = 4, each = 50_000;
        var mailbox = new Mailbox<Message>(64);
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            int sender = s;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int number = 0; number < each; number++) {
                    var message = new Message(sender, number);
                    while (!mailbox.offer(message)) {
                        LockSupport.parkNanos(1);
                    }
                }
            }));
        }
        int[] next = new int[senders];
        for (int taken = 0; taken < senders * each; ) {
            Message message = mailbox.poll();
            if (message == null) {
                LockSupport.parkNanos(1);
            } else {
                if (message.number() != next[message.sender()]++) {
                    throw new AssertionError(message + " is out of order");
                }
                taken++;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(mailbox.isEmpty()).isTrue();
    }

    @Test
    void mailbox_full_refuses() {
        var mailbox = new Mailbox<Integer>(2);
        assertThat(List.of(mailbox.offer(1), mailbox.offer(2), mailbox.offer(3)))
                .containsExactly(true, true, false);
        assertThat(mailbox.poll()).isOne();
        assertThat(mailbox.offer(3)).isTrue();
    }
}
