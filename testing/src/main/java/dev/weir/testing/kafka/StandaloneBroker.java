package dev.weir.testing.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** A {@link KafkaBroker} for who has none on his class path: the benchmarks, which start this as a process. */
public final class StandaloneBroker {
    private static final char BETWEEN = ':';

    private StandaloneBroker() {}

    /**
     * Runs a broker until standard input ends, and prints where clients connect as soon as they can.
     *
     * @param args a folder, and topics to be made, each {@code NAME:PARTITIONS}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = System.out;
        System.setOut(System.err); // whatever Kafka's client has to say
        try (KafkaBroker broker = KafkaBroker.startForLong(Path.of(args[0]))) {
            for (String topic : List.of(args).subList(1, args.length)) {
                int between = topic.lastIndexOf(BETWEEN);
                broker.createTopic(topic.substring(0, between), Integer.parseInt(topic.substring(between + 1)));
            }
            out.println(broker.bootstrap());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
