package dev.weir.bench.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the workers of another Java allocate between {@link #begin} and {@link #end}, to the octet: the Java's own counts by
 * thread (jdk.ThreadAllocationStatistics), which a flight recording notes at its beginning and end.
 */
final class WireAllocation {
    private static final String NAME = "workers", EVENT = "jdk.ThreadAllocationStatistics", WORKER = "weir-worker-";
    private static final String SETTINGS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0">
              <event name="%s"><setting name="enabled">true</setting><setting name="period">everyChunk</setting></event>
            </configuration>
            """.formatted(EVENT);

    private final WireTestbed bed;
    private final Process program;

    private WireAllocation(WireTestbed bed, Process program) {
        this.bed = bed;
        this.program = program;
    }

    static WireAllocation begin(WireTestbed bed, Process program) throws IOException {
        Path settings = Files.writeString(bed.folder.resolve("allocation.jfc"), SETTINGS);
        var recording = new WireAllocation(bed, program);
        recording.jcmd("JFR.start", "name=" + NAME, "settings=" + settings);
        return recording;
    }

    /** Octets. */
    long end() throws IOException {
        Path file = bed.folder.resolve("allocation.jfr");
        jcmd("JFR.stop", "name=" + NAME, "filename=" + file);
        return octets(RecordingFile.readAllEvents(file));
    }

    private void jcmd(String... words) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        bed.run(List.of(jcmd, Long.toString(program.pid())), words);
    }

    /** Each thread's last count less its first. */
    private static long octets(List<RecordedEvent> events) throws IOException {
        Map<Long, Long> first = new HashMap<>(), last = new HashMap<>();
        for (RecordedEvent event : events) {
            if (!event.getEventType().getName().equals(EVENT)) continue;
            String name = event.getThread("thread").getJavaName();
            if (name == null || !name.startsWith(WORKER)) continue;
            long thread = event.getThread("thread").getJavaThreadId(), allocated = event.getLong("allocated");
            first.merge(thread, allocated, Math::min);
            last.merge(thread, allocated, Math::max);
        }
        if (first.isEmpty()) throw new IOException("the flight recording tells of no worker");
        return sum(last) - sum(first);
    }

    private static long sum(Map<Long, Long> values) {
        return values.values().stream().mapToLong(Long::longValue).sum();
    }
}
