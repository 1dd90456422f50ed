package dev.weir.export;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetType;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecord;
import dev.weir.table.Lifetime;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/** A {@link Column} as Parquet has it: typed, where text formats write words and digits. {@code docs/formats.md} is the contract. */
final class RecordColumn extends ParquetColumn {
    private static final ValueLayout.OfLong BIG_ENDIAN = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long NANOS_A_MILLI = 1_000_000, IPV4_OCTETS = 0xFFFF_FFFF_0000_0000L;

    private final Column column;

    private RecordColumn(Column column) {
        super(column.label(), type(column), column == Column.LIFETIME);
        this.column = column;
    }

    static List<ParquetColumn> of(List<Column> columns) {
        return columns.stream().<ParquetColumn>map(RecordColumn::new).toList();
    }

    private static ParquetType type(Column column) {
        return switch (column) {
            case FLOW_ID -> ParquetType.IDENTIFIER;
            case TIME, START_TIME, END_TIME, FWD_START_TIME, FWD_END_TIME, REV_START_TIME, REV_END_TIME ->
                ParquetType.TIME;
            case DURATION, LIFETIME -> ParquetType.SECONDS;
            case EVENT, AUTHOR, PROTOCOL, FWD_TCP_FLAGS, REV_TCP_FLAGS, TCP_STATE, END_REASON -> ParquetType.WORD;
            case SRC_ADDR, DST_ADDR, INFOS -> ParquetType.TEXT;
            case PROTOCOL_NUMBER -> ParquetType.UINT8;
            case SRC_PORT, DST_PORT -> ParquetType.UINT16;
            case TENANT, CTX_ID -> ParquetType.UINT32;
            case FWD_PACKETS, FWD_BYTES, FWD_FRAME_BYTES, REV_PACKETS, REV_BYTES, REV_FRAME_BYTES -> ParquetType.COUNT;
            case OFFLOADED -> ParquetType.BOOLEAN;
        };
    }

    @Override
    public long number(FlowRecord record) {
        return switch (column) {
            case TIME -> record.at();
            case EVENT -> record.kind();
            case AUTHOR -> record.author();
            case FLOW_ID -> record.flowId();
            case START_TIME -> record.startTime();
            case END_TIME -> record.endTime();
            case DURATION -> Math.max(0, record.endTime() - record.startTime());
            case PROTOCOL, PROTOCOL_NUMBER -> record.protocol();
            case SRC_PORT -> record.sourcePort();
            case DST_PORT -> record.destinationPort();
            case TENANT -> record.tenant();
            case FWD_PACKETS -> record.forwardPackets();
            case FWD_BYTES -> record.forwardBytes();
            case FWD_FRAME_BYTES -> record.forwardFrameBytes();
            case REV_PACKETS -> record.reversePackets();
            case REV_BYTES -> record.reverseBytes();
            case REV_FRAME_BYTES -> record.reverseFrameBytes();
            case FWD_TCP_FLAGS -> record.forwardTcpFlags();
            case REV_TCP_FLAGS -> record.reverseTcpFlags();
            case TCP_STATE -> record.tcpState();
            case END_REASON -> record.reason();
            case OFFLOADED -> record.offloaded() ? 1 : 0;
            case CTX_ID -> record.ctxId();
            case LIFETIME -> Integer.toUnsignedLong(record.lifetimeMillis()) * NANOS_A_MILLI;
            case FWD_START_TIME -> record.firstForward();
            case FWD_END_TIME -> record.lastForward();
            case REV_START_TIME -> record.firstReverse();
            case REV_END_TIME -> record.lastReverse();
            case SRC_ADDR, DST_ADDR, INFOS -> super.number(record);
        };
    }

    @Override
    public boolean isNull(FlowRecord record) {
        return record.lifetimeMillis() == Lifetime.NEVER;
    }

    @Override
    public byte[] word(int number) {
        return switch (column) {
            case EVENT -> ColumnWriter.event(number);
            case AUTHOR -> ColumnWriter.author(number);
            case PROTOCOL -> ColumnWriter.PROTOCOLS[number];
            case TCP_STATE -> ColumnWriter.STATES[number];
            case END_REASON -> ColumnWriter.REASONS[number];
            case FWD_TCP_FLAGS, REV_TCP_FLAGS -> ColumnWriter.flags(number);
            default -> super.word(number);
        };
    }

    @Override
    public int kind(FlowRecord record) {
        return column == Column.INFOS ? 0 : record.family();
    }

    @Override
    public long high(FlowRecord record) {
        long octets = record.segment().get(BIG_ENDIAN, at(record));
        return column != Column.INFOS && record.family() == 4 ? octets & IPV4_OCTETS : octets;
    }

    @Override
    public long low(FlowRecord record) {
        return column != Column.INFOS && record.family() == 4
                ? 0
                : record.segment().get(BIG_ENDIAN, at(record) + Long.BYTES);
    }

    private long at(FlowRecord record) {
        return switch (column) {
            case SRC_ADDR -> record.sourceAt();
            case DST_ADDR -> record.destinationAt();
            default -> record.infosAt();
        };
    }

    @Override
    public int text(int kind, long high, long low, byte[] into, int at) {
        if (column == Column.INFOS) {
            ColumnWriter.hex(high, into, at);
            ColumnWriter.hex(low, into, at + 16);
            return 32;
        }
        int end = kind == 4
                ? Addresses.formatIpv4((int) (high >>> 32), into, at)
                : Addresses.formatIpv6(high, low, into, at);
        return end - at;
    }
}
