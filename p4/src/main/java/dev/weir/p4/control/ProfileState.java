package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun.Group;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What an action profile has that the control plane has numbered, in the order of the numbers. Immutable. */
public record ProfileState(ProfileSchema profile, SortedMap<Long, Table.Call> members, SortedMap<Long, Group> groups) {
    static ProfileState of(ProfileSchema profile, Map<Long, Table.Call> members, Map<Long, Group> groups) {
        return new ProfileState(
                profile,
                Collections.unmodifiableSortedMap(new TreeMap<>(members)),
                Collections.unmodifiableSortedMap(new TreeMap<>(groups)));
    }
}
