package dev.weir.export.ipfix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.export.CsvSink;
import dev.weir.table.FlowRecord;
import dev.weir.testing.Allocation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again: every column, to the nanosecond where the protocol can. */
class MessageRoundTripTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 0x5EED})
    void ipfixFile_readAgain_hasTheSameRecords(long seed) throws IOException {
        List<FlowRecord> flows = Flows.random(seed, 3_000);
        Path file = folder.resolve("flows.ipfix");
        try (IpfixSink sink = new IpfixSink(Files.newOutputStream(file), false)) {
            for (FlowRecord each : flows) {
                sink.accept(each);
            }
        }
        assertThat(MessageFile.recognises(file.toString())).isTrue();
        var read = new ByteArrayOutputStream();
        MessageReader reader = read(file, read);
        assertThat(Flows.lines(read)).as("seed " + seed).isEqualTo(Flows.csv(flows, 9));
        assertSound(reader.counters());
        assertThat(reader.counters().all()).containsEntry("options-records", 6L); // four elements, counters twice
    }

    @ParameterizedTest
    @CsvSource({
        "IPFIX,true,512",
        "IPFIX,false,512",
        "V9,false,512",
        "IPFIX,true,1400",
        "V9,false,1400",
        "V9,false,65000"
    })
    void messages_ofAnySize_areWithinItAndCarryEveryOctet(FlowVersion version, boolean biflow, int octets)
            throws IOException {
        long seed = 42;
        List<FlowRecord> flows = Flows.random(seed, 2_000);
        var writer = new MessageWriter(new ExportFormat(version, biflow, octets, 77, 0, 50), null, () -> 0);
        Path file = folder.resolve("flows");
        Map<Long, long[]> sums = new HashMap<>();
        var reader = new MessageReader(record -> {
            long[] sum = sums.computeIfAbsent(record.flowId(), _ -> new long[6]);
            sum[0] += record.forwardPackets();
            sum[1] += record.forwardBytes();
            sum[2] += record.forwardFrameBytes();
            sum[3] += record.reversePackets();
            sum[4] += record.reverseBytes();
            sum[5] += record.reverseFrameBytes();
        });
        try (var out = Files.newOutputStream(file)) {
            for (FlowRecord each : flows) {
                while (!writer.add(each)) {
                    int length = writer.finish();
                    assertThat(length).isBetween(1, octets);
                    out.write(writer.octets(), 0, length);
                    writer.sent();
                }
            }
            out.write(writer.octets(), 0, writer.finish());
        }
        try (MessageFile messages = MessageFile.open(file.toString())) {
            while (messages.read(reader)) {}
        }
        assertSound(reader.counters());
        for (FlowRecord each : flows) {
            assertThat(sums.get(each.flowId()))
                    .as("flow " + each.flowId() + ", seed " + seed)
                    .containsExactly(
                            each.forwardPackets(),
                            each.forwardBytes(),
                            each.forwardFrameBytes(),
                            each.reversePackets(),
                            each.reverseBytes(),
                            each.reverseFrameBytes());
        }
    }

    @Test
    void v9Times_farApart_areToTheMillisecond() throws IOException {
        var writer = new MessageWriter(new ExportFormat(FlowVersion.V9, false, 1400, 0, 0, 0), null, () -> 0);
        var times = new java.util.ArrayList<Long>();
        var reader = new MessageReader(record -> times.add(record.startTime()));
        long year = 31_536_000_000_000_000L, first = 1_000_000_000_123_000_000L;
        for (int i = 0; i < 3; i++) {
            FlowRecord flow = new dev.weir.table.TestRecord()
                    .forward(first + i * year, first + i * year, 1, 60, 74)
                    .at(first + i * year)
                    .view();
            while (!writer.add(flow)) {
                reader.read(writer.octets(), 0, writer.finish(), "here");
                writer.sent();
            }
        }
        reader.read(writer.octets(), 0, writer.finish(), "here");
        assertThat(times).containsExactly(first, first + year, first + 2 * year);
    }

    /** When nothing comes for a moment is for the machine to say: files of captures do not depend on it, live ones can be read then. */
    @ParameterizedTest
    @CsvSource({"false, true", "true, false"})
    void file_ofASinkThatIsFlushedNowAndThen_hasTheSameOctets(boolean live, boolean same) throws IOException {
        List<FlowRecord> flows = Flows.random(11, 50);
        var flushed = new ByteArrayOutputStream();
        var whole = new ByteArrayOutputStream();
        try (var often = new IpfixSink(flushed, live);
                var once = new IpfixSink(whole, live)) {
            for (FlowRecord flow : flows) {
                often.accept(flow);
                often.flush();
                once.accept(flow);
            }
        }
        assertThat(Arrays.equals(flushed.toByteArray(), whole.toByteArray())).isEqualTo(same);
    }

    @Test
    void records_written_allocateNothing() {
        List<FlowRecord> flows = Flows.random(7, 64);
        for (boolean ipfix : new boolean[] {true, false}) {
            var writer = new MessageWriter(
                    new ExportFormat(ipfix ? FlowVersion.IPFIX : FlowVersion.V9, ipfix, 1400, 0, 60, 100),
                    null,
                    System::nanoTime);
            assertThat(Allocation.octetsPerCall(5_000, () -> write(writer, flows)))
                    .as("octets for %d records", flows.size())
                    .isZero();
        }
    }

    private static void write(MessageWriter writer, List<FlowRecord> flows) {
        for (int i = 0; i < flows.size(); i++) {
            while (!writer.add(flows.get(i))) {
                writer.finish();
                writer.sent();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                999_999_999L,
                1_000_000_000L,
                1_763_712_000_123_456_789L,
                2_085_978_496_000_000_000L,
                4_000_000_000_999_999_999L
            })
    void ntpTime_ofANanosecond_comesBack(long nanos) {
        assertThat(NtpTime.nanos(NtpTime.of(nanos))).isEqualTo(nanos);
    }

    static MessageReader read(Path file, ByteArrayOutputStream csv) throws IOException {
        try (CsvSink sink = CsvSink.ofRecords(csv, () -> 9);
                MessageFile messages = MessageFile.open(file.toString())) {
            var reader = new MessageReader(sink);
            while (messages.read(reader)) {}
            return reader;
        }
    }

    /** Nothing was missed, lost or malformed. */
    static void assertSound(ReceiveCounters counters) {
        counters.all().forEach((name, value) -> {
            if (!List.of("messages", "records", "templates", "options-records").contains(name)) {
                assertThat(value).as(name).isZero();
            }
        });
    }
}
