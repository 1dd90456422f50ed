package dev.weir.labs.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Packets and IP octets of both directions, summed over records. */
record Totals(long packets, long octets) {
    static final Totals NOTHING = new Totals(0, 0);

    Totals plus(Totals other) {
        return new Totals(packets + other.packets, octets + other.octets);
    }

    /** Of a file in CSV with a header, in whose lines these columns are packets and octets. */
    static Totals ofCsv(Stream<String> lines, List<String> packets, List<String> octets) {
        return rows(lines, packets, octets).reduce(NOTHING, Totals::plus);
    }

    /** The most that a line has. */
    static Totals mostOfCsv(Stream<String> lines, String packets, String octets) {
        return rows(lines, List.of(packets), List.of(octets))
                .reduce(NOTHING, (one, other) -> one.packets > other.packets ? one : other);
    }

    private static Stream<Totals> rows(Stream<String> lines, List<String> packets, List<String> octets) {
        List<List<String>> rows =
                lines.map(line -> List.of(line.split(",", -1))).toList();
        List<String> header = rows.isEmpty() ? List.of() : rows.getFirst();
        return rows.stream()
                .skip(1)
                .filter(row -> row.size() == header.size() && !row.equals(header))
                .map(row -> new Totals(sum(header, row, packets), sum(header, row, octets)));
    }

    private static long sum(List<String> header, List<String> row, List<String> columns) {
        return columns.stream()
                .mapToLong(
                        column -> Long.parseLong(row.get(header.indexOf(column)).strip()))
                .sum();
    }

    /** Of the records that Weir wrote. */
    static Totals ofWeir(Path csv) throws IOException {
        try (Stream<String> lines = Files.lines(csv)) {
            return ofCsv(lines, List.of("fwd_packets", "rev_packets"), List.of("fwd_bytes", "rev_bytes"));
        }
    }

    @Override
    public String toString() {
        return packets + " packets, " + octets + " octets";
    }
}
