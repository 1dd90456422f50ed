package dev.weir.export;

import dev.weir.export.parquet.ParquetColumn;
import dev.weir.export.parquet.ParquetType;
import dev.weir.export.parquet.RecordBlock;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecord;
import dev.weir.table.Lifetime;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** A {@link Column} as Parquet has it: typed, where text formats write words and digits. {@code docs/formats.md} is the contract. */
final class RecordColumn extends ParquetColumn {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long NANOS_A_MILLI = 1_000_000, IPV4_OCTETS = 0xFFFF_FFFF_0000_0000L;
    private static final int FIRST_FORWARD = wordAt(FlowRecord.FIRST_FORWARD),
            FIRST_REVERSE = wordAt(FlowRecord.FIRST_REVERSE),
            LAST_FORWARD = wordAt(FlowRecord.LAST_FORWARD),
            LAST_REVERSE = wordAt(FlowRecord.LAST_REVERSE),
            FORWARD_PACKETS = wordAt(FlowRecord.FORWARD_PACKETS),
            REVERSE_PACKETS = wordAt(FlowRecord.REVERSE_PACKETS);

    private final Column column;
    /** Where in a record the field is, in octets, and how many it takes; -1 of what is made from several. */
    private final int at, octets;

    private RecordColumn(Column column) {
        super(column.label(), type(column), column == Column.LIFETIME);
        this.column = column;
        this.at = at(column);
        this.octets = octets(column);
    }

    static List<ParquetColumn> of(List<Column> columns) {
        return columns.stream().<ParquetColumn>map(RecordColumn::new).toList();
    }

    private static int wordAt(int octet) {
        return octet / Long.BYTES;
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

    private static int at(Column column) {
        return switch (column) {
            case TIME -> FlowRecord.AT;
            case EVENT -> FlowRecord.KIND;
            case AUTHOR -> FlowRecord.AUTHOR;
            case FLOW_ID -> FlowRecord.FLOW_ID;
            case PROTOCOL, PROTOCOL_NUMBER -> FlowRecord.PROTOCOL;
            case SRC_ADDR -> FlowRecord.SOURCE;
            case DST_ADDR -> FlowRecord.DESTINATION;
            case SRC_PORT -> FlowRecord.SOURCE_PORT;
            case DST_PORT -> FlowRecord.DESTINATION_PORT;
            case TENANT -> FlowRecord.TENANT;
            case FWD_PACKETS -> FlowRecord.FORWARD_PACKETS;
            case FWD_BYTES -> FlowRecord.FORWARD_BYTES;
            case FWD_FRAME_BYTES -> FlowRecord.FORWARD_FRAME_BYTES;
            case REV_PACKETS -> FlowRecord.REVERSE_PACKETS;
            case REV_BYTES -> FlowRecord.REVERSE_BYTES;
            case REV_FRAME_BYTES -> FlowRecord.REVERSE_FRAME_BYTES;
            case FWD_TCP_FLAGS -> FlowRecord.FORWARD_FLAGS;
            case REV_TCP_FLAGS -> FlowRecord.REVERSE_FLAGS;
            case TCP_STATE -> FlowRecord.TCP_STATE;
            case END_REASON -> FlowRecord.REASON;
            case OFFLOADED -> FlowRecord.OFFLOADED;
            case FWD_START_TIME -> FlowRecord.FIRST_FORWARD;
            case FWD_END_TIME -> FlowRecord.LAST_FORWARD;
            case REV_START_TIME -> FlowRecord.FIRST_REVERSE;
            case REV_END_TIME -> FlowRecord.LAST_REVERSE;
            case CTX_ID, INFOS -> FlowRecord.INFOS;
            case LIFETIME -> FlowRecord.LIFETIME;
            case START_TIME, END_TIME, DURATION -> -1;
        };
    }

    private static int octets(Column column) {
        return switch (column) {
            case SRC_PORT, DST_PORT -> Short.BYTES;
            case TENANT, CTX_ID, LIFETIME -> Integer.BYTES;
            case EVENT,
                    AUTHOR,
                    PROTOCOL,
                    PROTOCOL_NUMBER,
                    FWD_TCP_FLAGS,
                    REV_TCP_FLAGS,
                    TCP_STATE,
                    END_REASON,
                    OFFLOADED -> Byte.BYTES;
            default -> Long.BYTES;
        };
    }

    @Override
    public void numbers(RecordBlock records, long[] into) {
        long[] words = records.words();
        int stride = records.stride(), rows = records.rows();
        switch (column) {
            case START_TIME -> starts(words, stride, rows, into);
            case END_TIME -> ends(words, stride, rows, into);
            case DURATION -> durations(words, stride, rows, into);
            default -> {
                int bits = Byte.SIZE * octets, before = Byte.SIZE * (at % Long.BYTES);
                int shift = LITTLE ? before : Long.SIZE - before - bits;
                fields(words, wordAt(at), stride, shift, -1L >>> (Long.SIZE - bits), rows, into);
                convert(rows, into);
            }
        }
    }

    private void convert(int rows, long[] into) {
        if (column == Column.OFFLOADED) {
            for (int i = 0; i < rows; i++) {
                into[i] = into[i] == 0 ? 0 : 1;
            }
        } else if (column == Column.LIFETIME) {
            for (int i = 0; i < rows; i++) {
                into[i] = (int) into[i] == Lifetime.NEVER ? NONE : into[i] * NANOS_A_MILLI;
            }
        }
    }

    private static void fields(long[] words, int first, int stride, int shift, long mask, int rows, long[] into) {
        int at = first;
        for (int i = 0; i < rows; i++) {
            into[i] = words[at] >>> shift & mask;
            at += stride;
        }
    }

    /** As {@link FlowRecord#startTime}. */
    private static void starts(long[] words, int stride, int rows, long[] into) {
        for (int i = 0, at = 0; i < rows; i++, at += stride) {
            long forward = words[at + FIRST_FORWARD], reverse = words[at + FIRST_REVERSE];
            boolean earlier = words[at + FORWARD_PACKETS] == 0 || reverse < forward;
            into[i] = words[at + REVERSE_PACKETS] != 0 && earlier ? reverse : forward;
        }
    }

    /** As {@link FlowRecord#endTime}. */
    private static void ends(long[] words, int stride, int rows, long[] into) {
        for (int i = 0, at = 0; i < rows; i++, at += stride) {
            long forward = words[at + LAST_FORWARD], reverse = words[at + LAST_REVERSE];
            boolean later = words[at + FORWARD_PACKETS] == 0 || reverse > forward;
            into[i] = words[at + REVERSE_PACKETS] != 0 && later ? reverse : forward;
        }
    }

    private static void durations(long[] words, int stride, int rows, long[] into) {
        long[] starts = new long[rows];
        starts(words, stride, rows, starts);
        ends(words, stride, rows, into);
        for (int i = 0; i < rows; i++) {
            into[i] = Math.max(0, into[i] - starts[i]);
        }
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
    public void texts(RecordBlock records, int[] kinds, long[] high, long[] low) {
        long[] words = records.words();
        int stride = records.stride(), rows = records.rows();
        if (column == Column.INFOS) {
            Arrays.fill(kinds, 0, rows, 0);
        } else {
            int before = Byte.SIZE * (FlowRecord.FAMILY % Long.BYTES);
            families(words, wordAt(FlowRecord.FAMILY), stride, LITTLE ? before : 56 - before, rows, kinds);
        }
        halves(words, wordAt(at), stride, rows, kinds, high, low);
    }

    private static void families(long[] words, int first, int stride, int shift, int rows, int[] into) {
        for (int i = 0, at = first; i < rows; i++, at += stride) {
            into[i] = (int) (words[at] >>> shift) & 0xFF;
        }
    }

    /** Sixteen octets as two numbers whose first octet is the highest; of IPv4 four. */
    private static void halves(long[] words, int first, int stride, int rows, int[] kinds, long[] high, long[] low) {
        for (int i = 0, at = first; i < rows; i++, at += stride) {
            boolean isV4 = kinds[i] == 4;
            long h = LITTLE ? Long.reverseBytes(words[at]) : words[at];
            long l = LITTLE ? Long.reverseBytes(words[at + 1]) : words[at + 1];
            high[i] = isV4 ? h & IPV4_OCTETS : h;
            low[i] = isV4 ? 0 : l;
        }
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
