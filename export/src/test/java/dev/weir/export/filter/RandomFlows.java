package dev.weir.export.filter;

import dev.weir.export.filter.Expression.Has;
import dev.weir.table.FlowRecord;
import dev.weir.table.TestRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Expressions and records from a seed. Both draw from the same few values and their neighbours, so that tests are met, and missed by one,
 * often.
 */
final class RandomFlows {
    private static final long NOON = TestRecord.nanos("2026-11-21T12:00:00Z");
    private static final long[] NUMBERS = {0, 1, 2, 80, 443, 1_000, 65_535, 1L << 24, 1L << 32, 9_223_372_037L, 1L << 61
    };
    private static final String[] IPV4 = {
        "0.0.0.0", "10.0.0.1", "10.0.0.2", "10.128.0.0", "192.0.2.255", "255.255.255.255"
    };
    private static final String[] IPV6 = {
        "::",
        "::1",
        "2001:db8::",
        "2001:db8::1",
        "2001:db8:0:1::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "::ffff:10.0.0.1"
    };

    private final SplittableRandom random;

    RandomFlows(long seed) {
        random = new SplittableRandom(seed);
    }

    Expression expression(int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return test();
        }
        return switch (random.nextInt(5)) {
            case 0, 1 -> Expression.and(terms(depth));
            case 2, 3 -> Expression.or(terms(depth));
            default -> Expression.not(expression(depth - 1));
        };
    }

    private List<Expression> terms(int depth) {
        List<Expression> terms = new ArrayList<>();
        for (int i = random.nextInt(2, 5); i > 0; i--) {
            terms.add(expression(depth - 1));
        }
        return terms;
    }

    private Expression test() {
        Field field = pick(Field.values());
        if (field.type == Type.FLAGS && random.nextBoolean()) {
            return new Has(field, random.nextInt(1, 256));
        }
        if (random.nextInt(30) == 0) {
            return new Expression.Constant(random.nextBoolean());
        }
        if (random.nextBoolean()) {
            Relation relation = pick(Relation.values());
            return Expression.compare(
                    field, field.type.ordered || !relation.isOrder() ? relation : Relation.NOT_EQUAL, value(field));
        }
        List<Span> spans = new ArrayList<>();
        for (int i = random.nextInt(1, random.nextInt(8) == 0 ? 200 : 7); i > 0; i--) {
            spans.add(span(field));
        }
        return Expression.among(field, spans);
    }

    private Span span(Field field) {
        Value one = value(field);
        if (field.type == Type.ADDRESS && random.nextInt(3) == 0) {
            return Span.ofPrefix(one, random.nextInt(one.isWide() ? 129 : 33));
        }
        Value other = value(field);
        boolean ranges = (field.type.ordered || field.type == Type.ADDRESS) && one.kind() == other.kind();
        if (!ranges || random.nextInt(3) != 0) {
            return Span.of(one);
        }
        return one.compareTo(other) <= 0 ? new Span(one, other) : new Span(other, one);
    }

    private Value value(Field field) {
        return switch (field.type) {
            case NUMBER -> Value.of(Math.min(field.max, number()));
            case TIME -> Value.of(time());
            case DURATION -> Value.of(Math.max(0, time() - NOON));
            case ADDRESS -> address(random.nextBoolean() ? pick(IPV4) : pick(IPV6));
            case FLAGS -> Value.of(random.nextInt(256));
            case OCTETS -> new Value(Value.OCTETS, number(), number());
            case PROTOCOL -> Value.of(protocol());
            case STATE, REASON, EVENT, AUTHOR, BOOLEAN ->
                Value.of(List.copyOf(field.type.words.values()).get(random.nextInt(field.type.words.size())));
        };
    }

    private static Value address(String text) {
        Value value = new Literals(new Faults()).read(Field.SRC_ADDR, new Token(Token.Kind.ADDRESS, text, 0));
        if (value == null) {
            throw new AssertionError(text);
        }
        return value;
    }

    private long number() {
        return Math.max(0, NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(-1, 2));
    }

    private long time() {
        return switch (random.nextInt(3)) {
            case 0 -> NOON + random.nextInt(-1, 2);
            case 1 -> NOON + (1L << random.nextInt(62 - 2)) + random.nextInt(-1, 2);
            default -> NOON + 1_000_000_000L * random.nextInt(10);
        };
    }

    private int protocol() {
        return random.nextBoolean() ? 6 : random.nextBoolean() ? 17 : random.nextInt(256);
    }

    FlowRecord record() {
        boolean ipv4 = random.nextBoolean();
        long first = time(), last = Math.max(first, time());
        long firstBack = time(), lastBack = Math.max(firstBack, time());
        boolean forward = random.nextInt(8) != 0;
        return new TestRecord()
                .id(number())
                .family(ipv4 ? pick(IPV4) : pick(IPV6), ipv4 ? pick(IPV4) : pick(IPV6))
                .ports((int) number() & 0xFFFF, (int) number() & 0xFFFF)
                .protocol(protocol())
                .tenant((int) number() & 0xFF_FFFF)
                .state(random.nextInt(8))
                .flags(random.nextInt(256), random.nextInt(256))
                .forward(first, last, forward ? 1 + number() : 0, number(), number())
                .reverse(firstBack, lastBack, forward ? number() : 1 + number(), number(), number())
                .infos(number(), number())
                .context((int) number(), random.nextBoolean())
                .kind(1 << random.nextInt(3), random.nextInt(3), random.nextInt(7))
                .at(Math.max(time(), Math.max(last, lastBack)))
                .view();
    }

    private <T> T pick(T[] all) {
        return all[random.nextInt(all.length)];
    }
}
