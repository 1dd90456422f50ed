package dev.weir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of jobs for {@code weir cluster run}, and what two sensors send to the topics that jobs read. One thread. */
final class ClusterJobs {
    /** Where jobs write. */
    static final String RECORDS = "records";
    /** Readers of a topic, and its partitions: the names of the sensors fall into one each. */
    static final int PARTITIONS = 2;

    private static final List<String> SENSORS = List.of("east", "west");
    /** Generated clients are there: one sensor sees what they send, the other one what they are sent. */
    private static final String CLIENTS = "src net 100.64.0.0/10";

    private final Path folder;
    private final String weir;

    ClusterJobs(Path folder, String weir) {
        this.folder = folder;
        this.weir = weir;
    }

    Contestant captures(String name, Path input, int slots) throws IOException {
        return job(name, slots, "captures: {files: [\"%s\"]}".formatted(input));
    }

    Contestant digests(String name, String broker, String topic) throws IOException {
        return job(name, PARTITIONS, "digests: " + topic(broker, topic, ""));
    }

    Contestant sightings(String name, String broker, String topic) throws IOException {
        return job(name, PARTITIONS, "sightings: " + topic(broker, topic, ", format: protobuf"));
    }

    private static String topic(String broker, String topic, String more) {
        return "{brokers: [\"%s\"], topic: %s%s, from: earliest, until: latest, sensors: [%s], idle: never}"
                .formatted(broker, topic, more, String.join(", ", SENSORS));
    }

    private Contestant job(String name, int slots, String source) throws IOException {
        Path file = Files.createTempFile(folder, "job", ".yaml");
        Files.writeString(file, """
                parallelism: %d
                %s
                records: {folder: "%s"}
                """.formatted(slots, source, folder.resolve(RECORDS)));
        return new Contestant(name, List.of(weir, "cluster", "run", file.toString()));
    }

    /** Two sensors send packets, one each direction. */
    void sendDigests(Path input, String broker, String topic) throws IOException {
        for (String sensor : SENSORS) {
            String seen = sensor.equals(SENSORS.getFirst()) ? CLIENTS : "not " + CLIENTS;
            send(input, "kafka://" + broker + "/" + topic + "?digests=true&sensor=" + sensor, "-f", seen);
        }
    }

    /** Two sensors send records of all flows. */
    void sendRecords(Path input, String broker, String topic) throws IOException {
        for (String sensor : SENSORS) {
            send(input, "kafka://" + broker + "/" + topic + "?format=protobuf&sensor=" + sensor);
        }
    }

    private void send(Path input, String place, String... filter) throws IOException {
        var command = new ArrayList<>(List.of(weir, "track", input.toString(), "--export", place));
        command.addAll(List.of(filter));
        TimedProcess.run(command, folder);
    }
}
