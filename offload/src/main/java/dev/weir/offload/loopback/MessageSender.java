package dev.weir.offload.loopback;

import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.HairpinWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages in the order in which they are given, and nobody who gives one waits. A short one goes at once, by the thread that gives it, where
 * nothing is before it and the socket takes it: that spares a change of threads in the time that a call takes. All else goes by a thread of its own. Any
 * thread may call.
 */
final class MessageSender {
    /** So many flows are made into octets sooner than another thread wakes. */
    private static final int SHORT = 16;

    private final SocketLine line;
    private final BiConsumer<Call, IllegalArgumentException> refused;
    private final Runnable ended;
    private final HairpinWriter writer = new HairpinWriter();
    private final Deque<HairpinMessage> waiting = new ArrayDeque<>();
    private final Thread thread =
            Thread.ofPlatform().name("offload-loopback-writer").daemon().unstarted(this::run);
    /** What the socket has not taken of the message before those that wait. */
    private @Nullable ByteBuffer rest;
    /** Whether the thread has the writer and the line for itself, or is about to take them; so it is until it starts. */
    private boolean busy = true;

    /**
     * @param refused told of a call that cannot be written, and why
     * @param ended called when nothing can be sent any more
     */
    MessageSender(SocketLine line, BiConsumer<Call, IllegalArgumentException> refused, Runnable ended) {
        this.line = line;
        this.refused = refused;
        this.ended = ended;
    }

    void start() {
        thread.start();
    }

    /** Ends the thread; what waits is not sent. */
    void stop() {
        thread.interrupt();
    }

    synchronized void send(HairpinMessage message) {
        if (busy || !isShort(message) || !isBegun(message)) waiting.add(message);
        else if (rest == null) return;
        busy = true;
        notifyAll();
    }

    private static boolean isShort(HairpinMessage message) {
        if (!(message instanceof Call call)) return true;
        var document = call.message().document();
        return document == null || document.items().size() <= SHORT;
    }

    /** Whether the message went, or its beginning; where it fails, the thread meets with the same and reports it. */
    private boolean isBegun(HairpinMessage message) {
        try {
            ByteBuffer octets = writer.write(message);
            if (!line.offer(octets)) rest = octets;
            return true;
        } catch (IllegalArgumentException | IOException e) {
            return false;
        }
    }

    private void run() {
        try {
            while (true) {
                ByteBuffer begun = takeRest();
                if (begun != null) line.write(begun);
                else send();
            }
        } catch (InterruptedException | IOException e) {
            ended.run();
        }
    }

    /** Waits until there is something to send; what was begun goes first. */
    private synchronized @Nullable ByteBuffer takeRest() throws InterruptedException {
        ByteBuffer begun = rest;
        rest = null;
        while (begun == null && waiting.isEmpty()) {
            busy = false;
            wait();
            begun = rest;
            rest = null;
        }
        return begun;
    }

    private void send() throws IOException {
        HairpinMessage message;
        synchronized (this) {
            message = waiting.remove();
        }
        try {
            line.write(writer.write(message));
        } catch (IllegalArgumentException e) {
            if (message instanceof Call call) refused.accept(call, e);
        }
    }
}
