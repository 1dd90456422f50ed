package dev.weir.export.ipfix;

import dev.weir.export.ipfix.TemplateField.Value;
import dev.weir.table.EndReason;
import dev.weir.table.FlowRecord;
import java.util.List;

/** A template of flow records that is written: its template record and its data records. One thread; allocates nothing a record. */
final class FlowTemplate {
    /** What biflowDirection says: the source is the initiator, or who answered. */
    private static final int INITIATOR = 1, REVERSE_INITIATOR = 2;

    private static final int ENTERPRISE_BIT = 0x8000;
    private static final long MILLI = 1_000_000L;
    private static final byte[] REASONS = new byte[EndReason.FLUSHED + 1];

    static {
        REASONS[EndReason.IDLE] = 1;
        REASONS[EndReason.ACTIVE] = 2;
        REASONS[EndReason.CLOSED] = 3;
        REASONS[EndReason.DELETED] = 4;
        REASONS[EndReason.FLUSHED] = 4;
        REASONS[EndReason.RECYCLED] = 5;
    }

    final int id;
    /** Octets of a data record, and of the template record. */
    final int recordOctets, templateOctets;

    private final TemplateField[] fields;
    private final Value[] values;

    FlowTemplate(int id, List<TemplateField> fields) {
        this.id = id;
        this.fields = fields.toArray(new TemplateField[0]);
        this.values = fields.stream().map(TemplateField::value).toArray(Value[]::new);
        this.recordOctets = fields.stream().mapToInt(TemplateField::octets).sum();
        this.templateOctets = 4
                + fields.stream()
                        .mapToInt(field -> field.enterprise() == 0 ? 4 : 8)
                        .sum();
    }

    void putTemplate(MessageBuffer out) {
        out.put16(id);
        out.put16(fields.length);
        for (TemplateField field : fields) {
            putField(out, field.element(), field.enterprise(), field.octets());
        }
    }

    static void putField(MessageBuffer out, int element, int enterprise, int octets) {
        out.put16(enterprise == 0 ? element : element | ENTERPRISE_BIT);
        out.put16(octets);
        if (enterprise != 0) {
            out.put32(enterprise);
        }
    }

    /** @param back whether it is of the responder's packets: then that is the source
     * @param boot when the uptime was 0, in nanoseconds since 1970 */
    void putRecord(MessageBuffer out, FlowRecord record, boolean back, long boot) {
        boolean silent = (back ? record.reversePackets() : record.forwardPackets()) == 0;
        long start = silent ? record.startTime() : back ? record.firstReverse() : record.firstForward();
        long end = silent ? record.endTime() : back ? record.lastReverse() : record.lastForward();
        int address = record.family() == 4 ? 4 : 16;
        for (Value value : values) {
            switch (value) {
                case SOURCE_ADDRESS ->
                    out.put(record.segment(), back ? record.destinationAt() : record.sourceAt(), address);
                case DESTINATION_ADDRESS ->
                    out.put(record.segment(), back ? record.sourceAt() : record.destinationAt(), address);
                case SOURCE_PORT -> out.put16(back ? record.destinationPort() : record.sourcePort());
                case DESTINATION_PORT -> out.put16(back ? record.sourcePort() : record.destinationPort());
                case PROTOCOL -> out.put8(record.protocol());
                case TENANT -> out.put32(record.tenant());
                case FLOW_ID -> out.put64(record.flowId());
                case START_MILLIS -> out.put64(Math.floorDiv(start, MILLI));
                case END_MILLIS -> out.put64(Math.floorDiv(end, MILLI));
                case START_NTP -> out.put64(NtpTime.of(start));
                case END_NTP -> out.put64(NtpTime.of(end));
                case START_UPTIME -> out.put32(uptime(start, boot));
                case END_UPTIME -> out.put32(uptime(end, boot));
                case OCTETS -> out.put64(back ? record.reverseBytes() : record.forwardBytes());
                case PACKETS -> out.put64(back ? record.reversePackets() : record.forwardPackets());
                case FRAME_OCTETS -> out.put64(back ? record.reverseFrameBytes() : record.forwardFrameBytes());
                case TCP_FLAGS -> out.put8(back ? record.reverseTcpFlags() : record.forwardTcpFlags());
                case REASON -> out.put8(REASONS[record.reason()]);
                case DIRECTION -> out.put8(back ? REVERSE_INITIATOR : INITIATOR);
                case REVERSE_START_MILLIS -> out.put64(Math.floorDiv(record.firstReverse(), MILLI));
                case REVERSE_END_MILLIS -> out.put64(Math.floorDiv(record.lastReverse(), MILLI));
                case REVERSE_START_NTP -> out.put64(NtpTime.of(record.firstReverse()));
                case REVERSE_END_NTP -> out.put64(NtpTime.of(record.lastReverse()));
                case REVERSE_OCTETS -> out.put64(record.reverseBytes());
                case REVERSE_PACKETS -> out.put64(record.reversePackets());
                case REVERSE_FRAME_OCTETS -> out.put64(record.reverseFrameBytes());
                case REVERSE_TCP_FLAGS -> out.put8(record.reverseTcpFlags());
                case TCP_STATE -> out.put8(record.tcpState());
                case WEIR_REASON -> out.put8(record.reason());
                case OFFLOADED -> out.put8(record.offloaded() ? 1 : 2); // as booleans are written: 1 true, 2 false
                case CONTEXT -> out.put32((int) record.ctxId());
            }
        }
    }

    /** Milliseconds after the boot, in 32 bits: what is before it counts as 0, what is too late as the most. */
    private static int uptime(long nanos, long boot) {
        return (int) Math.clamp(Math.floorDiv(nanos - boot, MILLI), 0, 0xFFFF_FFFFL);
    }
}
