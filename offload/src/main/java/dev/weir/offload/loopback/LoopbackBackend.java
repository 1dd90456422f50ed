package dev.weir.offload.loopback;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.BatchResult;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.Feature;
import dev.weir.offload.driver.FlowChange;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import dev.weir.offload.netlink.Command;
import dev.weir.offload.netlink.HairpinCodec;
import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.HairpinWriter;
import dev.weir.offload.netlink.NetFlowMessage;
import dev.weir.offload.netlink.NetlinkFormatException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The process behind a loopback driver: connects to its socket, says that it listens, and answers its calls with a driver of its own. Connects again for
 * as long as it is not closed; the driver that it answers with keeps its flows meanwhile, and is the caller's to close.
 */
public final class LoopbackBackend implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final long MAX_MESSAGE = 1L << 30;

    private final Path socket;
    private final FlowDriver driver;
    private final Duration pause;
    private final long instance;
    private final Thread thread =
            Thread.ofPlatform().name("offload-backend").daemon().unstarted(this::run);
    private final ReentrantLock writing = new ReentrantLock();
    private final HairpinWriter writer = new HairpinWriter();
    private volatile @Nullable SocketLine connection;
    private volatile boolean closed;

    private LoopbackBackend(Path socket, FlowDriver driver, Duration pause, long instance) {
        this.socket = socket;
        this.driver = driver;
        this.pause = pause;
        this.instance = instance;
    }

    /** Answers the calls of the loopback driver at that socket, now or when it is there. */
    public static LoopbackBackend start(Path socket, FlowDriver driver) {
        return start(socket, driver, PAUSE);
    }

    /** As the other, trying again after that pause. */
    static LoopbackBackend start(Path socket, FlowDriver driver, Duration pause) {
        LoopbackBackend backend = new LoopbackBackend(socket, driver, pause, new SplittableRandom().nextLong());
        backend.thread.start();
        return backend;
    }

    /** Waits until the backend is closed, but no longer than that; returns whether it is. */
    public boolean awaitEnd(Duration time) throws InterruptedException {
        return thread.join(time);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        SocketLine now = connection;
        try {
            if (now != null) now.close();
            thread.join();
        } catch (IOException e) {
            // closed all the same
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (SocketLine line = SocketLine.of(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
                    BackendWatch watch = new BackendWatch(driver, event -> tell(line, event))) {
                connection = line;
                serve(line, watch);
            } catch (IOException | NetlinkFormatException e) {
                // the driver is not there, or went: it is tried again
            }
            pause();
        }
    }

    private void pause() {
        try {
            if (!closed) Thread.sleep(pause);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void serve(SocketLine line, BackendWatch events) throws IOException, NetlinkFormatException {
        write(line, new HairpinMessage.SetListener(listener()));
        MessageReader in = new MessageReader(line, MAX_MESSAGE);
        for (byte[] octets = next(line, in); octets != null && !closed; octets = next(line, in)) {
            switch (HairpinCodec.decode(octets)) {
                case Call call -> answer(line, call, events);
                case HairpinMessage.Watch watch -> events.all(watch.all());
                case HairpinMessage.Acknowledged acknowledged -> {
                    if (acknowledged.errno() != 0) return;
                }
                default -> {} // nothing that a backend acts on
            }
        }
    }

    /** Waits for the next message; null at the end. */
    private static byte @Nullable [] next(SocketLine line, MessageReader in) throws IOException {
        byte[] message = in.poll();
        long idleSince = System.nanoTime();
        while (message == null) {
            int octets = in.fill();
            if (octets < 0) return null;
            if (octets == 0) {
                if (System.nanoTime() - idleSince > Patience.NANOS) line.awaitReadable();
                else Thread.onSpinWait();
            } else {
                message = in.poll();
                idleSince = System.nanoTime();
            }
        }
        return message;
    }

    private HairpinMessage.Listener listener() {
        return new HairpinMessage.Listener(
                ProcessHandle.current().pid(),
                instance,
                Feature.bits(driver.capabilities().features()),
                driver.capabilities().maxBatch(),
                List.copyOf(driver.interfaces()));
    }

    /** Answers a call; what ended before is told before. */
    private void answer(SocketLine line, Call call, BackendWatch events) {
        NetFlowMessage asked = call.message();
        var _ = asked(asked).whenComplete((done, failure) -> {
            Answer answer = failure == null
                    ? new Answer(
                            call.call(),
                            asked.command(),
                            Answer.OK,
                            null,
                            done.applied(),
                            done.refused(),
                            done.result())
                    : failed(call, failure);
            events.await();
            send(line, answer);
        });
    }

    private static Answer failed(Call call, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        Fault fault = cause instanceof DriverException known ? known.fault() : Fault.BACKEND_FAILED;
        String line = String.valueOf(cause.getMessage());
        String prefix = fault + ": ";
        String reason = line.startsWith(prefix) ? line.substring(prefix.length()) : line;
        return Answer.failed(call.call(), call.message().command(), fault.number(), reason);
    }

    /** What a call came to. */
    private record Done(NetFlowMessage result, long applied, long refused) {}

    private CompletableFuture<Done> asked(NetFlowMessage asked) {
        long ifindex = asked.ifindex();
        Command command = asked.command();
        return switch (asked.content()) {
            case NetFlowMessage.Nothing _ ->
                driver.model(ifindex)
                        .thenApply(
                                model -> new Done(NetFlowMessage.reply(command, ifindex, part(command, model)), 0, 0));
            case NetFlowMessage.Query query ->
                driver.flows(ifindex, query.query())
                        .thenApply(flows ->
                                new Done(NetFlowMessage.reply(command, ifindex, new Document.Flows(flows)), 0, 0));
            case NetFlowMessage.Listing listing -> change(asked, listing);
        };
    }

    private CompletableFuture<Done> change(NetFlowMessage asked, NetFlowMessage.Listing listing) {
        FlowChange.Kind kind = switch (asked.command()) {
            case SET_FLOWS -> FlowChange.Kind.SET;
            case UPDATE_FLOWS -> FlowChange.Kind.MODIFY;
            default -> FlowChange.Kind.DELETE;
        };
        if (!(listing.document() instanceof Document.Flows flows)) {
            return CompletableFuture.failedFuture(new DriverException(
                    Fault.BAD_REQUEST, "call " + asked.command() + ": is no request; ask for a model or flows"));
        }
        FlowChange change = new FlowChange(kind, asked.ifindex(), flows.items(), listing.selection(), listing.errors());
        return driver.change(change).thenApply(result -> done(asked, result));
    }

    private static Done done(NetFlowMessage asked, BatchResult result) {
        Document told = new Document.Flows(result.told());
        return new Done(
                NetFlowMessage.reply(asked.command(), asked.ifindex(), told), result.applied(), result.refused());
    }

    private static Document part(Command command, Model model) {
        return switch (command) {
            case GET_TABLES -> new Document.Tables(model.tables());
            case GET_HEADERS -> new Document.Headers(model.headers());
            case GET_ACTIONS -> new Document.Actions(model.actions());
            case GET_HEADER_GRAPH -> new Document.HeaderGraph(model.headerGraph());
            case GET_TABLE_GRAPH -> new Document.TableGraph(model.tableGraph());
            case GET_FLOWS, SET_FLOWS, DEL_FLOWS, UPDATE_FLOWS -> new Document.Flows(new ArrayList<>());
        };
    }

    private void tell(SocketLine line, FlowEvent event) {
        if (event instanceof FlowEvent.Changed changed) {
            send(
                    line,
                    new HairpinMessage.Event(changed.ifindex(), changed.cause().number(), changed.flow()));
        }
    }

    /** Where it fails, maybe within the message, the connection ends, and who reads it sees that. */
    private void send(SocketLine line, HairpinMessage message) {
        try {
            write(line, message);
        } catch (IOException e) {
            try {
                line.close();
            } catch (IOException again) {
                // closed all the same
            }
        }
    }

    private void write(SocketLine line, HairpinMessage message) throws IOException {
        writing.lock();
        try {
            line.write(writer.write(message));
        } finally {
            writing.unlock();
        }
    }
}
