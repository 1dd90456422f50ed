package dev.weir.p4.control;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryCodec;
import dev.weir.p4.run.Rules;
import dev.weir.p4.tc.Permissions;
import dev.weir.table.match.MatchTable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the control plane itself keeps of a table: what changes are held to. Its thread writes, any reads. */
final class TableFacts {
    /** The first priority that is given where none is asked for. */
    private static final int FIRST_PRIORITY = 1;

    final TableSchema schema;
    final EntryCodec codec;

    /** Whether entries can age at all. */
    final boolean ages;

    volatile Permissions permissions;
    volatile Table.@Nullable Call hit;
    private volatile long[] profiles;

    /** What the profiles begin as. */
    private final List<Long> declared;

    private int lastPriority = FIRST_PRIORITY - 1;

    TableFacts(TableSchema schema, EntryCodec codec, Pipeline pipeline, Rules rules) {
        this.schema = schema;
        this.codec = codec;
        ages = rules == Rules.P4TC || schema.idle() != Table.Idle.NONE;
        permissions = schema.permissions();
        hit = schema.hit();
        declared = pipeline.tables().stream()
                .filter(table -> table.name().equals(schema.name()))
                .findFirst()
                .map(Table::lifetimes)
                .orElseGet(() -> Table.lifetimes(schema.profiles()));
        profiles = declared.stream().mapToLong(Long::longValue).toArray();
        for (Table table : pipeline.tables()) {
            if (!table.name().equals(schema.name())) continue;
            for (Table.Entry entry : table.entries()) give(Objects.requireNonNullElse(entry.priority(), 0));
        }
    }

    /** What was set, for who may have to put it back. */
    TableSettings keep() {
        return new TableSettings(permissions, Arrays.stream(profiles).boxed().toList(), hit);
    }

    /** Whether nothing was set that the program does not begin with. */
    boolean areDeclared(TableSettings settings) {
        return settings.equals(new TableSettings(schema.permissions(), declared, schema.hit()));
    }

    void restore(TableSettings kept) {
        permissions = kept.permissions();
        hit = kept.hit();
        profiles = kept.profiles().stream().mapToLong(Long::longValue).toArray();
    }

    /** Whether a table can have what another run's had, whatever that is. */
    boolean fit(TableSettings settings) {
        Table.Call call = settings.hit();
        boolean lifetimesAreSound = settings.profiles().size() == declared.size()
                && settings.profiles().stream().allMatch(nanos -> nanos >= 0 && nanos <= MatchTable.MAX_LIFETIME);
        if (!lifetimesAreSound) return false;
        try {
            if (call != null) codec.check(call, Table.Scope.DEFAULT_ONLY);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Goes on with what was set for a table of the same name, as far as {@link dev.weir.p4.run.Succession} lets workers do. */
    void inherit(TableFacts before) {
        long[] own = profiles.clone(), theirs = before.profiles;
        for (int i = 0; i < Math.min(own.length, theirs.length); i++) {
            if (declared.get(i).equals(before.declared.get(i))) own[i] = theirs[i];
        }
        profiles = own;
        if (schema.permissions().equals(before.schema.permissions())) permissions = before.permissions;
        give(before.lastPriority);
    }

    long[] profiles() {
        return profiles;
    }

    void setProfiles(long[] profiles) {
        this.profiles = profiles;
    }

    /** The profile with that many milliseconds; -1 for none. */
    int profile(long millis) {
        long[] all = profiles;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == millis * 1_000_000) return i;
        }
        return -1;
    }

    /** A priority behind all that were given. */
    int nextPriority() {
        return lastPriority == Integer.MAX_VALUE ? lastPriority : lastPriority + 1;
    }

    /** Takes note of a priority. */
    void give(int priority) {
        lastPriority = Math.max(lastPriority, priority);
    }
}
