package dev.weir.p4.tc;

import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.ir.Match;
import java.math.BigInteger;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A condition on entries and on events of entries, as P4TC's {@code filter} writes it. Immutable; any thread. A comparison with what an entry does not have does not hold, nor does
 * its contrary.
 */
public sealed interface TcFilter {
    /** Holds for everything. Only this makes an {@link All}, so that no thread begins with that class. */
    @SuppressWarnings("ClassInitializationDeadlock")
    TcFilter ALL = new All();

    /** @param command what happened, in an event; empty otherwise */
    boolean holds(EntryState entry, String command);

    default boolean matches(EntryState entry) {
        return holds(entry, "");
    }

    default boolean matches(ProgramEvent.OfEntry event) {
        String command = switch (event.kind()) {
            case CREATED -> "create";
            case UPDATED -> "update";
            case DELETED -> "delete";
            case IDLE -> "idle";
        };
        return holds(event.entry(), command);
    }

    record All() implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return true;
        }
    }

    record Not(TcFilter operand) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return !operand.holds(entry, command);
        }
    }

    record And(TcFilter left, TcFilter right) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return left.holds(entry, command) && right.holds(entry, command);
        }
    }

    record Or(TcFilter left, TcFilter right) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return left.holds(entry, command) || right.holds(entry, command);
        }
    }

    record ExclusiveOr(TcFilter left, TcFilter right) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return left.holds(entry, command) != right.holds(entry, command);
        }
    }

    enum Relation {
        EQUAL,
        UNEQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        boolean holds(int comparison) {
            return switch (this) {
                case EQUAL -> comparison == 0;
                case UNEQUAL -> comparison != 0;
                case LESS -> comparison < 0;
                case LESS_OR_EQUAL -> comparison <= 0;
                case GREATER -> comparison > 0;
                case GREATER_OR_EQUAL -> comparison >= 0;
            };
        }
    }

    /** @param operand what an entry has; null where it has none */
    record Numeral(Function<EntryState, @Nullable BigInteger> operand, Relation relation, BigInteger value)
            implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            BigInteger has = operand.apply(entry);
            return has != null && relation.holds(has.compareTo(value));
        }
    }

    /** A key's value, under the mask of what it is compared with. */
    record Key(int key, Relation relation, BigInteger value, BigInteger mask) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            BigInteger has = switch (entry.key().matches().get(key)) {
                case Match.Exactly m -> m.number();
                case Match.Masked m -> m.number();
                case Match.Range m -> m.low();
                case Match.Any _ -> null;
            };
            return has != null && relation.holds(has.and(mask).compareTo(value));
        }
    }

    record Command(Relation relation, String value) implements TcFilter {
        @Override
        public boolean holds(EntryState entry, String command) {
            return !command.isEmpty() && relation.holds(command.equals(value.toLowerCase(Locale.ROOT)) ? 0 : 1);
        }
    }
}
