package dev.weir.p4.interpret;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Table;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An action profile as maps from numbers. */
public final class ModelProfile {
    private final ActionProfile profile;
    private final Map<BigInteger, Table.Call> members = new HashMap<>();
    private final Map<BigInteger, List<BigInteger>> groups = new HashMap<>();

    ModelProfile(ActionProfile profile) {
        this.profile = profile;
    }

    /** False when there is one of that number, or no room. */
    public boolean addMember(long id, Table.Call call) {
        boolean adds = !members.containsKey(BigInteger.valueOf(id)) && members.size() < profile.size();
        if (adds) member(id, call);
        return adds;
    }

    /** False when there is one of that number, no room, or a member is missing. */
    public boolean addGroup(long id, List<Long> of) {
        boolean adds = !groups.containsKey(BigInteger.valueOf(id))
                && groups.size() < profile.size()
                && of.stream().allMatch(member -> members.containsKey(BigInteger.valueOf(member)));
        if (adds) group(id, of);
        return adds;
    }

    /** Gives a member another action; one that is not there is made. */
    public void member(long id, Table.Call call) {
        members.put(BigInteger.valueOf(id), call);
    }

    /** Gives a group other members, each named as often as it counts; one that is not there is made. */
    public void group(long id, List<Long> of) {
        List<BigInteger> ids = new ArrayList<>();
        of.forEach(member -> ids.add(BigInteger.valueOf(member)));
        groups.put(BigInteger.valueOf(id), ids);
    }

    boolean has(Table.Call call) {
        BigInteger id = call.arguments().getFirst();
        return call.action().equals(Table.Call.MEMBER) ? members.containsKey(id) : groups.containsKey(id);
    }

    /**
     * What an entry has done.
     *
     * @param by what a member of a group is chosen by
     * @return {@code null} for an empty group
     */
    Table.@Nullable Call call(Table.Call reference, BigInteger by) {
        BigInteger member = reference.arguments().getFirst();
        if (reference.action().equals(Table.Call.GROUP)) {
            List<BigInteger> of = groups.get(member);
            if (of == null || of.isEmpty()) return null;
            member = of.get(by.mod(BigInteger.valueOf(of.size())).intValue());
        }
        return members.get(member);
    }
}
