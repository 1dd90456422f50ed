package dev.weir.labs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The flow records that Weir wrote as CSV: a list of maps by the names of its columns. */
public final class Flows {
    private final List<Map<String, String>> records = new ArrayList<>();

    private Flows() {}

    /** Reads a file with a header line. */
    public static Flows read(Path csv) throws IOException {
        var flows = new Flows();
        List<String> lines = Files.readAllLines(csv);
        if (lines.isEmpty()) {
            throw new IOException(csv + ": is empty, without even a header");
        }
        String[] names = lines.getFirst().split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1);
            Map<String, String> flow = new HashMap<>();
            for (int i = 0; i < names.length; i++) {
                flow.put(names[i], i < values.length ? values[i] : "");
            }
            flows.records.add(flow);
        }
        return flows;
    }

    /** Those of which this is true. */
    public Flows where(Predicate<Map<String, String>> which) {
        var chosen = new Flows();
        records.stream().filter(which).forEach(chosen.records::add);
        return chosen;
    }

    /** Those whose column has this value. */
    public Flows where(String column, String value) {
        return where(flow -> value.equals(flow.get(column)));
    }

    public int size() {
        return records.size();
    }

    /** The sum of a column of numbers. */
    public long sum(String column) {
        return records.stream()
                .mapToLong(flow -> Long.parseLong(flow.get(column)))
                .sum();
    }

    /** The values of a column. */
    public List<String> values(String column) {
        return records.stream().map(flow -> String.valueOf(flow.get(column))).toList();
    }

    @Override
    public String toString() {
        return records.stream()
                .map(f -> f.get("protocol") + " " + f.get("src_addr") + ":" + f.get("src_port") + " > "
                        + f.get("dst_addr") + ":" + f.get("dst_port") + " tenant " + f.get("tenant") + " "
                        + f.get("fwd_packets") + "/" + f.get("rev_packets") + " " + f.get("end_reason"))
                .reduce("", (a, b) -> a + "\n" + b);
    }
}
