package dev.weir.bench.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.weir.api.v1.FlowTableGrpc;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Many applications in a process of their own, each with a connection and a stream of all events, which it counts and does
 * not look into. Five times a second it prints a line: how many streams have begun, events told, events told as missed,
 * octets of messages, all since the start.
 */
final class ApiWatchers {
    private static final int EVENTS = WatchFlowsResponse.EVENTS_FIELD_NUMBER, GAP = WatchFlowsResponse.GAP_FIELD_NUMBER;
    private static final long LINE_MILLIS = 200;
    private static final Path SESSION = Path.of("/proc/self/autogroup");

    /** What one line says. */
    record Line(int streams, long events, long missed, long octets) {
        static final Line NONE = new Line(0, 0, 0, 0);

        @Override
        public String toString() {
            return streams + " " + events + " " + missed + " " + octets;
        }

        /** The last whole line of what was printed. */
        static Line last(String printed) {
            int end = printed.lastIndexOf('\n');
            if (end < 0) return NONE;
            String[] words = printed.substring(printed.lastIndexOf('\n', end - 1) + 1, end)
                    .split(" ", -1);
            return new Line(
                    Integer.parseInt(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]));
        }
    }

    /** What a message holds, without its flows. */
    private record Seen(int events, long missed, int octets) {
        static Seen of(InputStream message) throws IOException {
            int octets = message.available(), events = 0;
            long missed = 0;
            var in = CodedInputStream.newInstance(message);
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (WireFormat.getTagFieldNumber(tag) == GAP) {
                    missed +=
                            WatchFlowsResponse.Gap.parseFrom(in.readByteArray()).getMissed();
                } else {
                    if (WireFormat.getTagFieldNumber(tag) == EVENTS) events++;
                    in.skipField(tag);
                }
            }
            return new Seen(events, missed, octets);
        }
    }

    private static final MethodDescriptor.Marshaller<Seen> COUNTING = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Seen value) {
            throw new IllegalStateException("only answers are counted");
        }

        @Override
        public Seen parse(InputStream message) {
            try {
                return Seen.of(message);
            } catch (IOException e) {
                throw Status.INTERNAL.withCause(e).asRuntimeException();
            }
        }
    };

    private final AtomicInteger streams = new AtomicInteger();
    private final LongAdder events = new LongAdder(), missed = new LongAdder(), octets = new LongAdder();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private ApiWatchers() {}

    /** The command that runs so many on a socket, at the lowest priority that there is, in a session of its own. */
    static List<String> command(Path socket, int count) {
        var command = new ArrayList<>(List.of("setsid", "nice", "-n", "19"));
        command.addAll(WireWeir.java(List.of()));
        command.addAll(List.of(ApiWatchers.class.getName(), socket.toString(), Integer.toString(count)));
        return command;
    }

    /** Watches until it is ended from outside, or the daemon is gone. */
    public static void main(String[] args) throws InterruptedException, IOException {
        if (Files.exists(SESSION)) {
            // of the session as one (sched(7)): else its hundred threads would weigh more than the generator's one
            Files.writeString(SESSION, "19");
        }
        var watchers = new ApiWatchers();
        int count = Integer.parseInt(args[1]);
        for (int i = 0; i < count; i++) {
            watchers.watch(Path.of(args[0]));
        }
        watchers.print(System.out);
    }

    private void watch(Path socket) {
        var method = FlowTableGrpc.getWatchFlowsMethod().toBuilder(
                        FlowTableGrpc.getWatchFlowsMethod().getRequestMarshaller(), COUNTING)
                .build();
        ManagedChannel channel = ApiClient.open(socket);
        channels.add(channel);
        Executor here = Runnable::run; // the connection's own thread
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(method, CallOptions.DEFAULT.withExecutor(here)),
                WatchFlowsRequest.getDefaultInstance(),
                new StreamObserver<Seen>() {
                    private boolean begun;

                    @Override
                    public void onNext(Seen seen) {
                        if (!begun) {
                            begun = true;
                            streams.incrementAndGet();
                        }
                        events.add(seen.events);
                        missed.add(seen.missed);
                        octets.add(seen.octets);
                    }

                    @Override
                    public void onError(Throwable why) {
                        System.err.println("stream ended: " + why.getMessage());
                        streams.decrementAndGet();
                    }

                    @Override
                    public void onCompleted() {
                        streams.decrementAndGet();
                    }
                });
    }

    private void print(PrintStream out) throws InterruptedException {
        do {
            TimeUnit.MILLISECONDS.sleep(LINE_MILLIS);
            out.println(new Line(streams.get(), events.sum(), missed.sum(), octets.sum()));
        } while (!out.checkError());
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
