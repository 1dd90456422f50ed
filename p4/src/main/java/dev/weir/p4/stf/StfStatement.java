package dev.weir.p4.stf;

import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.source.Span;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One line of a test. Names are as the test writes them; {@link StfNames} knows whom they mean. */
sealed interface StfStatement {
    Span place();

    /** Sends a packet in, whole octets in hexadecimal. */
    record Packet(Span place, int port, String digits) implements StfStatement {}

    /** The next packet that leaves by the port looks like that; any does when there is no pattern. */
    record Expect(Span place, int port, @Nullable PacketPattern pattern) implements StfStatement {}

    /** The packet before gave none. */
    record NoPacket(Span place) implements StfStatement {}

    /** What the program said of the flow of the packet before. */
    record CheckFlow(Span place, FlowMark mark) implements StfStatement {}

    /** Time passes. */
    record Wait(Span place, long nanos) implements StfStatement {}

    /** Takes out all entries that were added. */
    record RemoveAll(Span place) implements StfStatement {}

    /** @param priority the larger wins; null where the test gives none: then what was added earlier wins */
    record Add(Span place, Name table, @Nullable Integer priority, List<KeyMatch> matches, Called called)
            implements StfStatement {}

    record ValueAdd(Span place, Name set, List<KeyMatch> matches) implements StfStatement {}

    record MemberAdd(Span place, Name profile, long number, Action action) implements StfStatement {}

    record GroupAdd(Span place, Name profile, long number, List<Long> members) implements StfStatement {}

    record SetDefault(Span place, Name table, Action action) implements StfStatement {}

    /** An entry in the words of bmv2's command line: keys and values in the order of the program, without names. */
    record TableAdd(Span place, Name table, Name action, List<Name> keys, List<Name> values) implements StfStatement {}

    /** The same of what is done on a miss. */
    record TableSetDefault(Span place, Name table, Name action, List<Name> values) implements StfStatement {}

    /** How many entries a table has. */
    record CheckSize(Span place, Name table, Condition condition) implements StfStatement {}

    record CheckCounter(Span place, Name counter, long index, boolean bytes, Condition condition)
            implements StfStatement {}

    record RegisterWrite(Span place, Name register, long index, StfNumber value) implements StfStatement {}

    /** @param value what it has to be; null for a line that only reads */
    record RegisterRead(
            Span place, Name register, long index, @Nullable StfNumber value) implements StfStatement {}

    /** Packets mirrored to a session leave by that port. */
    record MirroringAdd(Span place, int session, int port, MirrorCopy copy) implements StfStatement {}

    /** A word that other runners know, and that says nothing about a program of this architecture. */
    record Passed(Span place, String word) implements StfStatement {}

    /** A name, and where it is written. */
    record Name(Span place, String text) {}

    /** @param prefix how many leading bits count; null where the test does not say */
    record KeyMatch(Name key, StfNumber number, @Nullable Integer prefix) {}

    /** What an entry has done. */
    sealed interface Called {}

    record Action(Name name, List<Argument> arguments) implements Called {}

    /** A member or a group of the table's profile. */
    record Reference(Span place, boolean group, long number) implements Called {}

    record Argument(Name parameter, StfNumber value) {}

    record Condition(Comparison comparison, long number) {
        boolean holds(long seen) {
            int order = Long.compareUnsigned(seen, number);
            return switch (comparison) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case AT_MOST -> order <= 0;
                case MORE -> order > 0;
                case AT_LEAST -> order >= 0;
            };
        }

        @Override
        public String toString() {
            return comparison.symbol + " " + number;
        }
    }

    enum Comparison {
        EQUAL("=="),
        NOT_EQUAL("!="),
        LESS("<"),
        AT_MOST("<="),
        MORE(">"),
        AT_LEAST(">=");

        private final String symbol;

        Comparison(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }
    }

    /** Words that begin a line; what they are called in a test, in any case. */
    enum Keyword {
        PACKET,
        EXPECT,
        NO_PACKET,
        WAIT,
        REMOVE,
        REPEAT,
        ADD,
        SETDEFAULT,
        TABLE_ADD,
        TABLE_SET_DEFAULT,
        VALUE_ADD,
        MEMBER_ADD,
        GROUP_ADD,
        CHECK_SIZE,
        CHECK_COUNTER,
        CHECK_FLOW,
        REGISTER_WRITE,
        REGISTER_READ,
        REGISTER_RESET,
        MIRRORING_ADD,
        MIRRORING_ADD_MC,
        MIRRORING_DELETE,
        MIRRORING_GET,
        COUNTER_READ,
        COUNTER_WRITE,
        METER_GET_RATES,
        METER_SET_RATES,
        METER_ARRAY_SET_RATES,
        MC_MGRP_CREATE,
        MC_NODE_CREATE,
        MC_NODE_UPDATE,
        MC_NODE_ASSOCIATE;

        static @Nullable Keyword of(String word) {
            for (Keyword each : values()) {
                if (each.name().equalsIgnoreCase(word)) return each;
            }
            return null;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
