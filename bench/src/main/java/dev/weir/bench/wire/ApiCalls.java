package dev.weir.bench.wire;

import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.bench.TimedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists and updates of a full flow table, whose flows came through an interface. */
final class ApiCalls {
    /** Of the daemon: all that there are but the generator's, where there are more than two. */
    static final int PROCESSORS = 2;

    static final int UPDATED_FLOWS = 100_000, BATCH = 1_000;
    private static final double FILL_RATE = 100_000;
    private static final int FILL_PASSES = 5;

    private final WireTestbed bed;
    private final int flows;

    /**
     * One round.
     *
     * @param listMegabytes how far the daemon's resident memory rose above what it was before the list
     * @param tenthMegabytes the same of a list of a tenth of the flows
     * @param updates a second
     * @param pauses of the daemon's Java in the round
     */
    record Round(
            double listSeconds, double listMegabytes, double tenthMegabytes, double updates, WireSoak.Pauses pauses) {}

    ApiCalls(WireTestbed bed, int flows) {
        this.bed = bed;
        this.flows = flows;
    }

    List<Round> measure(int rounds, double seconds) throws IOException {
        Path log = bed.folder.resolve("pauses.log");
        WireWeir weir = WireWeir.packetSockets(1)
                .withOptions(List.of(WireSoak.logOption(log)))
                .withSettings("flow-table: {max-flows: %d, idle-timeout: 1h}%n".formatted(flows));
        Process daemon = weir.start(bed);
        try (var client = new ApiClient(WireWeir.socket(bed))) {
            fill(client, weir.destination(bed));
            List<UpdateFlowsRequest> requests = client.updates(UPDATED_FLOWS, BATCH);
            list(client, flows); // compiles both sides
            client.updatesPerSecond(requests, seconds);
            var measured = new ArrayList<Round>();
            for (int round = 0; round < rounds; round++) {
                int linesBefore = Files.readAllLines(log).size();
                double before = peakFromHere(daemon);
                list(client, flows / 10);
                double tenth = TimedProcess.peakMegabytes(daemon.pid()) - before;
                before = peakFromHere(daemon);
                double listed = list(client, flows);
                double all = TimedProcess.peakMegabytes(daemon.pid()) - before;
                double updates = client.updatesPerSecond(requests, seconds);
                List<String> lines = Files.readAllLines(log);
                var pauses = WireSoak.Pauses.of(lines.subList(linesBefore, lines.size()));
                measured.add(new Round(listed, all, tenth, updates, pauses));
            }
            return measured;
        }
    }

    /** Sends a frame of each flow, and those again that did not come through. */
    private void fill(ApiClient client, long destination) throws IOException {
        var frames = WireFrames.inTurn(flows, WireMix.SMALL.sizes(), destination);
        try (var traffic = new WireTraffic(bed)) {
            long have = 0;
            for (int pass = 0; pass < FILL_PASSES && have < flows; pass++) {
                traffic.run(frames, FILL_RATE, 1.05 * flows / FILL_RATE);
                have = client.counters().getFlows();
            }
            if (have < flows) throw new IOException("flows in the table: " + have + ", sent: " + flows);
        }
    }

    /** Seconds for a list of so many flows, which must be as many. */
    private static double list(ApiClient client, int limit) throws IOException {
        long begun = System.nanoTime();
        long count = client.scan(limit, _ -> {});
        double seconds = (System.nanoTime() - begun) / 1e9;
        if (count != limit) throw new IOException("flows listed: " + count + ", asked for: " + limit);
        return seconds;
    }

    /** Has the kernel forget the process's peak (proc(5), clear_refs); its memory now, megabytes. */
    private static double peakFromHere(Process process) throws IOException {
        Files.writeString(Path.of("/proc/" + process.pid() + "/clear_refs"), "5");
        return TimedProcess.peakMegabytes(process.pid());
    }
}
