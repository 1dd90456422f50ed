package dev.weir.p4.control;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.Permissions;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the control plane wants changed. Tables, actions and cells have the names of the pipeline. Immutable. */
public sealed interface Change {
    /** A new entry; without a call it does what the table does on a hit, or {@code NoAction} where the table has it. */
    record Insert(String table, EntryKey key, Table.@Nullable Call call, EntryOptions options) implements Change {}

    /** Gives an entry another call, unless that is null, and what the options say. */
    record Modify(String table, EntryKey key, Table.@Nullable Call call, EntryOptions options) implements Change {}

    /** A new entry with a group of its own, of whose actions a packet gets one: what P4Runtime calls one-shot. */
    record InsertSet(String table, EntryKey key, List<WeightedCall> set, EntryOptions options) implements Change {
        public InsertSet {
            set = List.copyOf(set);
        }
    }

    /** Gives an entry another group of its own, and what the options say. */
    record ModifySet(String table, EntryKey key, List<WeightedCall> set, EntryOptions options) implements Change {
        public ModifySet {
            set = List.copyOf(set);
        }
    }

    record Delete(String table, EntryKey key) implements Change {}

    /** Deletes the entries that it is right for, but constant ones and those without the permission. */
    record Flush(String table, Predicate<? super EntryState> filter) implements Change {}

    /** What is done on a miss; null is what the program begins with. */
    record SetMiss(String table, Table.@Nullable Call call) implements Change {}

    /** What entries do that are added without a call from now on; null is what the program begins with. */
    record SetHit(String table, Table.@Nullable Call call) implements Change {}

    /**
     * The table's own attributes.
     *
     * @param permissions can be changed only while there are no entries; null leaves them
     * @param profiles nanoseconds, by number, for entries that choose them from now on
     */
    record SetTable(String table, @Nullable Permissions permissions, Map<Integer, Long> profiles) implements Change {
        public SetTable {
            profiles = Map.copyOf(profiles);
        }
    }

    /** Where a cell is: of an indexed resource, or of an entry. */
    sealed interface Place {
        record Index(int index) implements Place {}

        /** All of an indexed resource. */
        record All() implements Place {}

        record OfEntry(String table, EntryKey key) implements Place {}
    }

    /** What all workers have counted together is that from now on. */
    record SetCounter(String counter, Place place, long packets, long bytes) implements Change {}

    /** @param rates null: everything is green */
    record SetMeter(String meter, Place place, @Nullable MeterRates rates) implements Change {}

    /** What all workers have coloured together is that from now on. */
    record SetMeterCounts(String meter, Place place, MeterCounts counts) implements Change {}

    /** All workers' registers hold that from now on. */
    record SetRegister(String register, Place place, BigInteger value) implements Change {}

    /** What happens to something that the control plane numbers. */
    enum Edit {
        INSERT,
        MODIFY,
        /** While nothing refers to it. */
        DELETE
    }

    /**
     * A member of an action profile, numbered from 0.
     *
     * @param call what it does; null when it is deleted
     */
    record SetMember(Edit edit, String profile, long id, Table.@Nullable Call call) implements Change {}

    /**
     * A group of an action selector, numbered from 0.
     *
     * @param group what it consists of; null when it is deleted
     */
    record SetGroup(
            Edit edit, String profile, long id, @Nullable Group group) implements Change {}

    /**
     * A mirror session, numbered as the program does.
     *
     * @param session where copies go; null when it is deleted
     */
    record SetSession(Edit edit, int id, @Nullable Session session) implements Change {}

    /** Has a value set consist of these members, which have a match a field each. */
    record SetValues(String valueSet, List<List<Match>> members) implements Change {
        public SetValues {
            members = List.copyOf(members);
        }
    }
}
