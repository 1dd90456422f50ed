package dev.weir.p4.interpret;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.ValueSet;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** A value set as a list. */
public final class ModelSet {
    private final ValueSet set;
    private final List<List<Match>> members = new ArrayList<>();

    ModelSet(ValueSet set) {
        this.set = set;
    }

    /** Adds a member, unless one matches the same, or the set is full. */
    public boolean add(List<Match> matches) {
        if (members.size() == set.size() || find(matches) >= 0) return false;
        return members.add(matches);
    }

    public boolean remove(List<Match> matches) {
        int at = find(matches);
        if (at >= 0) members.remove(at);
        return at >= 0;
    }

    private int find(List<Match> matches) {
        for (int i = 0; i < members.size(); i++) {
            if (Matches.same(members.get(i), matches, set.fields())) return i;
        }
        return -1;
    }

    boolean contains(List<BigInteger> values) {
        return members.stream().anyMatch(member -> Matches.match(member, values));
    }
}
