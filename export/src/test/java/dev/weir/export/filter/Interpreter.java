package dev.weir.export.filter;

import dev.weir.export.filter.Expression.Among;
import dev.weir.export.filter.Expression.And;
import dev.weir.export.filter.Expression.Compare;
import dev.weir.export.filter.Expression.Constant;
import dev.weir.export.filter.Expression.Has;
import dev.weir.export.filter.Expression.Not;
import dev.weir.export.filter.Expression.Or;
import dev.weir.table.FlowRecord;
import java.math.BigInteger;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/**
 * The slow and obvious meaning of an expression: walks the tree, compares whatever it meets as a big number. IPv6 addresses and octets
 * get numbers beyond those of all else, so that families never meet.
 */
final class Interpreter {
    private static final BigInteger BEYOND = BigInteger.ONE.shiftLeft(128);

    private Interpreter() {}

    static boolean holds(Expression expression, FlowRecord flow) {
        return switch (expression) {
            case Constant constant -> constant.value();
            case And and -> and.terms().stream().allMatch(term -> holds(term, flow));
            case Or or -> or.terms().stream().anyMatch(term -> holds(term, flow));
            case Not not -> !holds(not.term(), flow);
            case Has has -> any(has.field(), flow, flags -> (flags.intValueExact() & has.flags()) == has.flags());
            case Among among ->
                any(
                        among.field(),
                        flow,
                        v -> among.spans().stream()
                                .anyMatch(s -> v.compareTo(number(s.lo())) >= 0 && v.compareTo(number(s.hi())) <= 0));
            case Compare compare -> compare(compare, flow);
        };
    }

    private static boolean compare(Compare compare, FlowRecord flow) {
        BigInteger value = number(compare.value());
        return switch (compare.relation()) {
            case EQUAL -> any(compare.field(), flow, v -> v.compareTo(value) == 0);
            case NOT_EQUAL -> !any(compare.field(), flow, v -> v.compareTo(value) == 0);
            case LESS -> any(compare.field(), flow, v -> v.compareTo(value) < 0);
            case AT_MOST -> any(compare.field(), flow, v -> v.compareTo(value) <= 0);
            case GREATER -> any(compare.field(), flow, v -> v.compareTo(value) > 0);
            case AT_LEAST -> any(compare.field(), flow, v -> v.compareTo(value) >= 0);
        };
    }

    private static boolean any(Field field, FlowRecord flow, Predicate<BigInteger> test) {
        return values(field, flow).stream().anyMatch(test);
    }

    private static List<BigInteger> values(Field field, FlowRecord flow) {
        return switch (field) {
            case HOST -> List.of(source(flow), destination(flow));
            case PORT -> List.of(BigInteger.valueOf(flow.sourcePort()), BigInteger.valueOf(flow.destinationPort()));
            case SRC_ADDR -> List.of(source(flow));
            case DST_ADDR -> List.of(destination(flow));
            case INFOS -> List.of(BEYOND.add(octets(flow::info, 16)));
            case RATE -> List.of(rate(flow));
            default -> List.of(BigInteger.valueOf(number(field, flow)));
        };
    }

    private static long number(Field field, FlowRecord flow) {
        long first = Math.min(
                flow.forwardPackets() > 0 ? flow.firstForward() : Long.MAX_VALUE,
                flow.reversePackets() > 0 ? flow.firstReverse() : Long.MAX_VALUE);
        long last = Math.max(
                flow.forwardPackets() > 0 ? flow.lastForward() : Long.MIN_VALUE,
                flow.reversePackets() > 0 ? flow.lastReverse() : Long.MIN_VALUE);
        return switch (field) {
            case TIME_OF_EVENT -> flow.at();
            case EVENT_KIND -> flow.kind();
            case AUTHOR_OF_EVENT -> flow.author();
            case FLOW_ID -> flow.flowId();
            case START_TIME -> first;
            case END_TIME -> last;
            case DURATION_OF_FLOW -> last - first;
            case AGE -> flow.at() - first;
            case IDLE -> flow.at() - last;
            case PROTOCOL_OF_FLOW, PROTOCOL_NUMBER -> flow.protocol();
            case IP_VERSION -> flow.family();
            case SRC_PORT -> flow.sourcePort();
            case DST_PORT -> flow.destinationPort();
            case TENANT -> flow.tenant();
            case FWD_PACKETS -> flow.forwardPackets();
            case FWD_BYTES -> flow.forwardBytes();
            case FWD_FRAME_BYTES -> flow.forwardFrameBytes();
            case REV_PACKETS -> flow.reversePackets();
            case REV_BYTES -> flow.reverseBytes();
            case REV_FRAME_BYTES -> flow.reverseFrameBytes();
            case PACKETS -> flow.forwardPackets() + flow.reversePackets();
            case BYTES -> flow.forwardBytes() + flow.reverseBytes();
            case FRAME_BYTES -> flow.forwardFrameBytes() + flow.reverseFrameBytes();
            case FWD_TCP_FLAGS -> flow.forwardTcpFlags();
            case REV_TCP_FLAGS -> flow.reverseTcpFlags();
            case TCP_FLAGS -> flow.forwardTcpFlags() | flow.reverseTcpFlags();
            case TCP_STATE -> flow.tcpState();
            case END_REASON -> flow.reason();
            case OFFLOADED -> flow.offloaded() ? 1 : 0;
            case CTX_ID -> flow.ctxId();
            case HOST, PORT, SRC_ADDR, DST_ADDR, INFOS, RATE -> throw new AssertionError(field);
        };
    }

    private static BigInteger rate(FlowRecord flow) {
        BigInteger duration = BigInteger.valueOf(number(Field.DURATION_OF_FLOW, flow));
        BigInteger rate = duration.signum() == 0
                ? BigInteger.ZERO
                : BigInteger.valueOf(flow.forwardBytes())
                        .add(BigInteger.valueOf(flow.reverseBytes()))
                        .multiply(BigInteger.valueOf(1_000_000_000))
                        .divide(duration);
        return rate.min(BigInteger.valueOf(Long.MAX_VALUE));
    }

    private static BigInteger source(FlowRecord flow) {
        return flow.family() == 4 ? octets(flow::sourceOctet, 4) : BEYOND.add(octets(flow::sourceOctet, 16));
    }

    private static BigInteger destination(FlowRecord flow) {
        return flow.family() == 4 ? octets(flow::destinationOctet, 4) : BEYOND.add(octets(flow::destinationOctet, 16));
    }

    private static BigInteger octets(IntUnaryOperator octet, int count) {
        BigInteger number = BigInteger.ZERO;
        for (int i = 0; i < count; i++) {
            number = number.shiftLeft(8).add(BigInteger.valueOf(octet.applyAsInt(i)));
        }
        return number;
    }

    private static BigInteger number(Value value) {
        return value.isWide()
                ? BEYOND.add(new BigInteger("%016x%016x".formatted(value.high(), value.low()), 16))
                : BigInteger.valueOf(value.low());
    }
}
