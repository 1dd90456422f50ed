package dev.weir.cluster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.cluster.job.JoinedFlow.Point;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joined flows in the three formats say the same, as another program reads them. */
class JoinedRowsTest {
    @TempDir
    Path scratch;

    private static List<Point> path(Random random, int sensors) {
        var path = new ArrayList<Point>();
        for (int i = 0; i < sensors; i++) {
            path.add(new Point(
                    "sensor-" + random.nextInt(1000) + "." + "x".repeat(random.nextInt(80)), random.nextInt(1000)));
        }
        return path;
    }

    private static JoinedFlow flow(Random random, int id) {
        var record = new FlowRecordBuilder()
                .flowId(id)
                .event(FlowEvent.ENDED, 0, 1_700_000_000_000_000_000L + id)
                .ends(new byte[] {10, 0, 0, 1}, id % 60_000, new byte[] {10, 0, 0, 2}, 53, 4)
                .protocol(17, 0)
                .forward(id, 100L * id, 120L * id, 0, 1_700_000_000_000_000_000L, 1_700_000_000_000_000_000L + id)
                .reverse(0, 0, 0, 0, 0, 0)
                .record();
        List<Point> forward = path(random, random.nextInt(300) == 0 ? 40 : random.nextInt(4));
        List<Point> reverse = path(random, random.nextInt(4));
        return new JoinedFlow(
                record,
                forward,
                reverse,
                "core",
                random.nextBoolean() ? "edge" : "",
                random.nextInt(9),
                random.nextInt(9));
    }

    private void write(RecordFormat format, Path file, List<JoinedFlow> flows) throws Exception {
        try (var out = Files.newOutputStream(file);
                RowWriter rows = format.open(out, true, 9)) {
            for (JoinedFlow each : flows) {
                rows.write(each.octets());
            }
        }
    }

    @Test
    void formats_ofTheSameFlows_sayTheSame() throws Exception {
        var random = new Random(5);
        var flows = new ArrayList<JoinedFlow>();
        for (int i = 0; i < 5000; i++) {
            flows.add(flow(random, i));
        }
        Path csv = scratch.resolve("f.csv"), json = scratch.resolve("f.jsonl"), parquet = scratch.resolve("f.parquet");
        write(RecordFormat.CSV, csv, flows);
        write(RecordFormat.JSON, json, flows);
        write(RecordFormat.PARQUET, parquet, flows);
        String common =
                "flow_id, fwd_packets, sensors, records, coalesce(fwd_sensor, '') a, coalesce(rev_sensor, '') b,"
                        + " fwd_path_lost, rev_path_lost, ";
        List<String> expected = ask(common
                + "coalesce(fwd_path, '') c, coalesce(fwd_path_packets, '') d, coalesce(rev_path, '') e,"
                + " coalesce(rev_path_packets, '') f from read_csv('" + csv
                + "', types={'fwd_path_packets': 'VARCHAR', 'rev_path_packets': 'VARCHAR'})");
        assertThat(expected).hasSize(flows.size());
        assertThat(expected.get(7)).contains(JoinedFlow.lost(flows.get(7).forward()) + "|");
        assertThat(ask(common
                        + "array_to_string(fwd_path, ';') c, array_to_string(fwd_path_packets, ';') d,"
                        + " array_to_string(rev_path, ';') e, array_to_string(rev_path_packets, ';') f from read_json('"
                        + json + "')"))
                .isEqualTo(expected);
        assertThat(ask(common
                        + "fwd_path c, array_to_string(fwd_path_packets, ';') d, rev_path e,"
                        + " array_to_string(rev_path_packets, ';') f from read_parquet('" + parquet + "')"))
                .isEqualTo(expected);
    }

    private static List<String> ask(String what) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select " + what + " order by flow_id")) {
            var all = new ArrayList<String>();
            while (rows.next()) {
                var row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    String value = rows.getString(i);
                    row.append(value == null ? "" : value).append('|');
                }
                all.add(row.toString());
            }
            return all;
        }
    }
}
