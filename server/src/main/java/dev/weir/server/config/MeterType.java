package dev.weir.server.config;

import dev.weir.dataplane.nodes.meter.MeterConfig;
import dev.weir.dataplane.nodes.meter.MeterUnit;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The options of a meter. */
final class MeterType {
    /** So much of something a second. */
    private record Rate(MeterUnit unit, long perSecond) {}

    private static final Pattern RATE =
            Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,9})?) ?(?:([kMG]?)bit|([kM]?)packets)/s");
    private static final long MAX_BURST = 1L << 30, LEAST_OCTETS = 16_384, LEAST_PACKETS = 10;

    private static final Field<Rate> PER_FLOW = Field.required(
            "rate",
            new Scalars<>(
                    "a rate",
                    "write it as 10 Mbit/s or 500 packets/s",
                    Json.object("type", "string", "pattern", "^" + RATE.pattern() + "$"),
                    MeterType::rate),
            "What each flow may carry: bits of IP packets, or packets.");

    private static final Field<Long> BURST = Field.optional(
            "burst",
            Kinds.size(1, MAX_BURST),
            "a tenth of a second, at least 16k octets or 10 packets",
            "What may come at once: octets, or packets where the rate counts packets.");

    private static final Field<Boolean> EACH_DIRECTION =
            Field.of("each-direction", Kinds.SWITCH, false, "false", "Whether each direction has the rate for itself.");

    static final NodeType TYPE = new NodeType(
            "meter",
            "Holds each flow to a rate. What exceeds it is dropped, or takes the arc `exceeded` where that leads somewhere.",
            List.of(PER_FLOW, BURST, EACH_DIRECTION),
            MeterType::config);

    private MeterType() {}

    private static Rate rate(String text) {
        Matcher parts = RATE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no rate; write it as 10 Mbit/s or 500 packets/s");
        }
        boolean packets = parts.group(3) != null;
        String prefix = packets ? parts.group(3) : parts.group(2);
        int power = prefix.isEmpty() ? 0 : 3 * ("kMG".indexOf(prefix) + 1);
        long rate = new BigDecimal(parts.group(1)).scaleByPowerOfTen(power).longValue();
        return new Rate(packets ? MeterUnit.PACKETS : MeterUnit.BITS, rate);
    }

    private static MeterConfig config(Values values) {
        Rate rate = values.get(PER_FLOW);
        boolean bits = rate.unit() == MeterUnit.BITS;
        long tenth =
                bits ? Math.max(rate.perSecond() / 80, LEAST_OCTETS) : Math.max(rate.perSecond() / 10, LEAST_PACKETS);
        boolean exceeded = values.find(NodeType.ARCS).orElse(Map.of()).containsKey("exceeded");
        return new MeterConfig(
                rate.unit(),
                rate.perSecond(),
                values.find(BURST).orElse(Math.min(tenth, MAX_BURST)),
                values.get(EACH_DIRECTION),
                exceeded);
    }
}
