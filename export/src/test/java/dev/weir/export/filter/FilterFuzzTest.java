package dev.weir.export.filter;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.table.FlowRecord;
import dev.weir.table.TestRecord;

/**
 * Any text is a filter or faults that say where: nothing else is thrown. A filter agrees with the {@link Interpreter}, and its text is a
 * filter of the same text. {@code ./fuzz 60 FilterFuzzTest} searches.
 */
class FilterFuzzTest {
    private static final FlowRecord FLOW = new TestRecord().view();
    private static final String[] PIECES = {
        "proto",
        "src",
        "host",
        "port",
        "bytes",
        "duration",
        "tcp_flags",
        "state",
        "offloaded",
        "infos",
        "time",
        "end_reason",
        "==",
        "!=",
        "<",
        ">=",
        " in ",
        " not in ",
        " has ",
        "&&",
        "||",
        "!",
        "(",
        ")",
        "{",
        "}",
        ",",
        "..",
        "/",
        "tcp",
        "10.0.0.1",
        "10.0.0.0/8",
        "::",
        "2001:db8::/32",
        "80",
        "1.5k",
        "0x10",
        "90s",
        "1h500ms",
        "2026-11-21T08:00:00Z",
        "SA",
        "RST",
        "idle",
        "true",
        " "
    };

    @FuzzTest
    void compile_anyText_givesAFilterOrFaults(FuzzedDataProvider data) throws FilterException {
        String source = data.consumeBoolean() ? data.consumeRemainingAsString() : pieces(data);
        FlowFilter filter;
        try {
            filter = FlowFilter.compile(source);
        } catch (FilterException e) {
            checkFaults(source, e);
            return;
        }
        check(filter.test(FLOW) == Interpreter.holds(Parser.parse(source), FLOW), "other than the interpreter");
        String text = filter.toString();
        if (text.length() <= FlowFilter.MAX_LENGTH
                && text.chars().filter(c -> c == '(').count() < FlowFilter.MAX_DEPTH) {
            check(FlowFilter.compile(text).toString().equals(text), "its text reads otherwise");
        }
    }

    private static String pieces(FuzzedDataProvider data) {
        StringBuilder source = new StringBuilder();
        while (data.remainingBytes() > 0) {
            source.append(data.consumeInt(0, 9) == 0 ? data.consumeString(3) : data.pickValue(PIECES));
        }
        return source.toString();
    }

    private static void checkFaults(String source, FilterException e) {
        check(!e.faults().isEmpty(), "no filter for no reason");
        check(String.valueOf(e.getMessage()).lines().count() == 1, "a message of more than a line");
        int last = 0;
        for (FilterFault fault : e.faults()) {
            check(fault.offset() >= last && fault.offset() <= source.length(), "not in order, or nowhere");
            check(fault.length() > 0, "of no length");
            check(fault.message().contains("; "), "no remedy");
            check(fault.render(source).lines().count() == 3, "not three lines");
            last = fault.offset();
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
