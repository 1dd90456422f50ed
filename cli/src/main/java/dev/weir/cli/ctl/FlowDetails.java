package dev.weir.cli.ctl;

import com.google.protobuf.Timestamp;
import dev.weir.api.FlowKeys;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.TcpState;
import dev.weir.export.JsonLinesSink;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HexFormat;
import java.util.Locale;

/** One flow, all of it: a line a thing for people, one JSON object for programs. */
final class FlowDetails {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String FLAGS = "FSRPAUEC";
    private static final int NANO_DIGITS = 9;

    private FlowDetails() {}

    static void print(Session session, Flow flow) throws IOException {
        if (session.json()) {
            try (JsonLinesSink sink = JsonLinesSink.ofFlows(session.out(), () -> NANO_DIGITS)) {
                sink.accept(new FlowRows().of(flow));
            }
            return;
        }
        StringBuilder out = new StringBuilder();
        out.append("flow ").append(Long.toUnsignedString(flow.getFlowId())).append('\n');
        line(out, "key", FlowKeys.format(flow.getKey()));
        line(out, "began", time(flow.getStartTime()));
        line(out, "last packet", time(flow.getEndTime()));
        line(out, "lifetime", lifetime(flow));
        if (flow.getTcpState() != TcpState.TCP_STATE_UNSPECIFIED) {
            line(out, "state", flow.getTcpState().name().replace('_', '-'));
        }
        line(out, "forward", direction(flow.getForward()));
        line(out, "reverse", direction(flow.getReverse()));
        line(out, "offloaded", flow.getOffloaded() ? "yes" : "no");
        line(out, "ctx-id", Integer.toUnsignedString(flow.getCtxId()));
        line(out, "infos", HexFormat.of().formatHex(flow.getInfos().toByteArray()));
        session.print(out.toString());
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format(Locale.ROOT, "  %-12s", name)).append(value).append('\n');
    }

    static String time(Timestamp time) {
        return TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
    }

    private static String lifetime(Flow flow) {
        return switch (flow.getLifetime().getKindCase()) {
            case NEVER -> "until it is closed or deleted";
            case IDLE -> {
                var idle = flow.getLifetime().getIdle();
                BigDecimal seconds = BigDecimal.valueOf(idle.getSeconds()).add(BigDecimal.valueOf(idle.getNanos(), 9));
                yield seconds.stripTrailingZeros().toPlainString() + " s without a packet";
            }
            default -> "";
        };
    }

    private static String direction(Direction direction) {
        StringBuilder text = new StringBuilder();
        text.append(Long.toUnsignedString(direction.getPackets())).append(" packets, ");
        text.append(Long.toUnsignedString(direction.getBytes())).append(" bytes (");
        text.append(Long.toUnsignedString(direction.getFrameBytes())).append(" on the wire)");
        if (direction.getTcpFlags() != 0) {
            text.append(", flags ");
            for (int i = 0; i < FLAGS.length(); i++) {
                text.append((direction.getTcpFlags() >> i & 1) != 0 ? FLAGS.substring(i, i + 1) : "");
            }
        }
        return text.toString();
    }
}
