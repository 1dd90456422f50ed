package dev.weir.cli;

import dev.weir.export.ipfix.CollectorServer;
import dev.weir.export.ipfix.MessageFile;
import dev.weir.export.ipfix.MessageReader;
import dev.weir.wire.CaptureException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One run over records of others: files of messages, or what arrives for a while; reports how it ended. */
final class RecordRun {
    private static final int DIGITS = 9, POLL_MILLIS = 200;

    private final TrackCommand options;
    private final Streams streams;
    private final TrackRun outputs;
    private final PrintStream err;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** @param outputs opens where records go to */
    RecordRun(TrackCommand options, Streams streams, TrackRun outputs) {
        this.options = options;
        this.streams = streams;
        this.outputs = outputs;
        this.err = streams.err();
    }

    /** Whether a source is a file of messages. */
    static boolean takes(List<String> sources) {
        return sources.stream().anyMatch(RecordRun::isRecords);
    }

    private static boolean isRecords(String source) {
        try {
            return Files.isRegularFile(Path.of(source)) && MessageFile.recognises(source);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Where to listen: datagrams or connections. */
    record Place(boolean tcp, InetSocketAddress address) {
        String text(InetSocketAddress bound) {
            String host = bound.getAddress().isAnyLocalAddress()
                    ? "*"
                    : bound.getAddress().getHostAddress();
            return (tcp ? "tcp://" : "udp://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
        }
    }

    /** Reads the files, one after the other. @return the exit status */
    int readFiles() throws CommandException, IOException {
        if (options.filter != null) {
            throw CommandException.usage("--filter: is for packets, and there are records; use --where");
        }
        if (options.events) {
            throw CommandException.usage("--events: is for packets; records have ended already");
        }
        for (String source : options.sources) {
            if (!isRecords(source)) {
                throw CommandException.usage(
                        source + ": holds no records, but others here do; give files of one kind at a time");
            }
        }
        CaptureException damage = null;
        MessageReader reader;
        try (CountedSink sink = openSink()) {
            streams.interruption().onRequest(() -> stopped.set(true));
            reader = new MessageReader(sink);
            for (String source : options.sources) {
                try (MessageFile file = MessageFile.open(source)) {
                    while (goesOn(sink) && file.read(reader)) {}
                } catch (CaptureException e) {
                    damage = e;
                    break;
                }
            }
        }
        return report(reader, damage);
    }

    /** Listens until it is told to stop. @return the exit status */
    int listen(List<Place> places) throws CommandException, IOException {
        long end = options.durationNanos();
        long begun = System.nanoTime();
        MessageReader reader;
        long refused;
        try (CountedSink sink = openSink()) {
            reader = new MessageReader(sink);
            try (CollectorServer server = new CollectorServer(reader)) {
                for (Place place : places) {
                    err.println("weir: listening on " + open(server, place));
                }
                streams.interruption().onRequest(() -> {
                    stopped.set(true);
                    server.wake();
                });
                while (goesOn(sink) && System.nanoTime() - begun < end) {
                    long rest = (end - (System.nanoTime() - begun)) / 1_000_000 + 1;
                    if (!server.poll(Math.min(POLL_MILLIS, rest), () -> goesOn(sink))) {
                        sink.flush();
                    }
                }
                refused = server.refusedConnections();
            }
        }
        if (options.stats) {
            outputs.printCounter("connections-refused", refused);
        }
        return report(reader, null);
    }

    private static String open(CollectorServer server, Place place) throws CommandException {
        try {
            return place.text(place.tcp() ? server.listenTcp(place.address()) : server.listenUdp(place.address()));
        } catch (IOException e) {
            throw CommandException.failed(
                    place.text(place.address()) + ": cannot listen there: " + e.getMessage() + "; give another address",
                    e);
        }
    }

    private CountedSink openSink() throws CommandException, IOException {
        if (!options.features().isEmpty()) {
            throw CommandException.usage(
                    options.format() == OutputFormat.ZEEK
                            ? "--format zeek: needs packets, and there are records; use csv or json"
                            : "--features: are measured of packets, and there are records; leave it out");
        }
        return new CountedSink(
                outputs.filtered(outputs.openSink(() -> DIGITS)),
                options.count == null ? Long.MAX_VALUE : options.count);
    }

    private boolean goesOn(CountedSink sink) {
        return !stopped.get() && !sink.isFull();
    }

    private int report(MessageReader reader, @Nullable CaptureException damage) {
        outputs.tellResumed();
        if (options.stats) {
            reader.counters().all().forEach(outputs::printCounter);
            outputs.printSinks();
        }
        if (damage != null) {
            err.println("weir: " + damage.getMessage() + "; the records up to there are reported");
        }
        if (streams.interruption().requested()) {
            err.println("weir: interrupted: after " + reader.counters().records() + " records; they are written");
            return CommandException.INTERRUPTED;
        }
        return outputs.reportLosses() && damage == null ? CommandException.DONE : CommandException.FAILED;
    }
}
