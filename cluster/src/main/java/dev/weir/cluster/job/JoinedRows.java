package dev.weir.cluster.job;

import dev.weir.cluster.job.JoinedFlow.Point;
import dev.weir.dataplane.RecordSink;
import dev.weir.export.CsvSink;
import dev.weir.export.JsonLinesSink;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Joined flows as text: the columns of records, as {@code weir track} writes them, then those that say who saw the flow. {@code docs/cluster.md} is the
 * contract. No value needs quotes or escapes. One thread.
 */
final class JoinedRows implements RowWriter {
    /** In CSV between the values of a list. */
    private static final char BETWEEN = ';';

    private static final String[] NAMES = {
        "sensors",
        "records",
        "fwd_sensor",
        "rev_sensor",
        "fwd_path",
        "fwd_path_packets",
        "rev_path",
        "rev_path_packets",
        "fwd_path_lost",
        "rev_path_lost"
    };

    private final OutputStream out;
    private final boolean json;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final RecordSink columns;

    JoinedRows(OutputStream out, boolean json, int timeDigits) throws IOException {
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.json = json;
        this.columns =
                json ? JsonLinesSink.ofRecords(line, () -> timeDigits) : CsvSink.ofRecords(line, () -> timeDigits);
        if (!json) {
            end("," + String.join(",", NAMES), 1);
        }
    }

    @Override
    public void write(byte[] element) throws IOException {
        JoinedFlow flow = JoinedFlow.read(element);
        columns.accept(flow.record());
        end(json ? keys(flow) : "," + String.join(",", values(flow)), json ? 2 : 1);
    }

    /** Writes the line that there is, but for so many octets at its end, then the rest. */
    private void end(String rest, int left) throws IOException {
        columns.flush();
        byte[] octets = line.toByteArray();
        line.reset();
        out.write(octets, 0, octets.length - left);
        out.write(rest.getBytes(StandardCharsets.US_ASCII));
        out.write(octets, octets.length - left, left);
    }

    private static List<String> values(JoinedFlow flow) {
        return List.of(
                Integer.toString(flow.sensors()),
                Integer.toString(flow.records()),
                flow.forwardFrom(),
                flow.reverseFrom(),
                list(flow.forward(), Point::sensor),
                list(flow.forward(), Point::packets),
                list(flow.reverse(), Point::sensor),
                list(flow.reverse(), Point::packets),
                Long.toString(JoinedFlow.lost(flow.forward())),
                Long.toString(JoinedFlow.lost(flow.reverse())));
    }

    private static String list(List<Point> path, Function<Point, Object> value) {
        return path.stream()
                .map(each -> value.apply(each).toString())
                .collect(Collectors.joining(Character.toString(BETWEEN)));
    }

    private static String keys(JoinedFlow flow) {
        List<String> values = values(flow);
        var keys = new StringBuilder();
        for (int i = 0; i < NAMES.length; i++) {
            String value = values.get(i);
            keys.append(",\"").append(NAMES[i]).append("\":");
            switch (NAMES[i]) {
                case "fwd_path", "rev_path" ->
                    keys.append('[').append(quoted(value)).append(']');
                case "fwd_path_packets", "rev_path_packets" ->
                    keys.append('[').append(value.replace(BETWEEN, ',')).append(']');
                case "fwd_sensor", "rev_sensor" ->
                    keys.append('"').append(value).append('"');
                default -> keys.append(value);
            }
        }
        return keys.toString();
    }

    private static String quoted(String list) {
        return list.isEmpty() ? "" : '"' + list.replace(Character.toString(BETWEEN), "\",\"") + '"';
    }

    /** All that was written is in the stream then. */
    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        columns.close();
        out.close();
    }
}
