package dev.weir.server.p4runtime;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.MasterArbitrationUpdate;
import dev.weir.api.p4.v1.Role;
import dev.weir.api.p4.v1.Uint128;
import io.grpc.Status;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who of the controllers of one role of one device is the primary: the one with the highest election id that was ever seen (P4Runtime 1.5, section 5). Any thread may
 * call; members are told while a lock is held, so that they are told in order, and have to return at once.
 */
final class Election {
    static final int MOST_MEMBERS = 64;

    private static final Comparator<Uint128> ORDER = Comparator.<Uint128, Long>comparing(
                    Uint128::getHigh, Long::compareUnsigned)
            .thenComparing(Uint128::getLow, Long::compareUnsigned);

    /** A controller with a stream. */
    interface Member {
        void told(MasterArbitrationUpdate update);
    }

    /** That a change of the primary's is under way; {@link #close} when it is done. */
    final class Turn implements AutoCloseable {
        private boolean done;

        @Override
        public void close() {
            synchronized (Election.this) {
                if (done) return;
                done = true;
                underWay--;
                if (underWay == 0) arrive();
            }
        }
    }

    private final long device;
    private final String role;
    private final Map<Member, Optional<Uint128>> members = new LinkedHashMap<>();
    private @Nullable Uint128 highest;
    private @Nullable Member primary;
    /** Is the primary as soon as what the one before it began is done. */
    private @Nullable Member next;

    private @Nullable Any config;
    private int underWay;

    /** @param role empty for the one that may do all */
    Election(long device, String role) {
        this.device = device;
        this.role = role;
    }

    /**
     * Takes a controller in, or another election id of one that is in.
     *
     * @param id null: it is never to be the primary
     * @return OK, or why its stream ends
     */
    synchronized Status join(Member member, @Nullable Uint128 id, @Nullable Any roleConfig) {
        boolean taken = id != null
                && members.entrySet().stream()
                        .anyMatch(each -> !each.getKey().equals(member)
                                && each.getValue().filter(id::equals).isPresent());
        if (taken) {
            return Status.INVALID_ARGUMENT.withDescription(
                    "election_id: another controller of this device and role has it; take another one");
        }
        if (!members.containsKey(member) && members.size() == MOST_MEMBERS) {
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "there are " + MOST_MEMBERS + " controllers of this device and role; close one's stream");
        }
        boolean was = isFirst(member);
        members.put(member, Optional.ofNullable(id));
        if (id != null && (highest == null || ORDER.compare(id, highest) >= 0)) {
            highest = id;
            config = roleConfig;
            elect(member);
        } else if (was) {
            primary = null;
            next = null;
            members.keySet().forEach(this::tell);
        } else {
            tell(member);
        }
        return Status.OK;
    }

    /** Whether it is the primary, or is to be. */
    private boolean isFirst(Member member) {
        return member.equals(primary) || member.equals(next);
    }

    private void elect(Member member) {
        primary = null;
        next = member;
        for (Member other : members.keySet()) {
            if (!other.equals(member)) tell(other);
        }
        if (underWay == 0) arrive();
    }

    /** What was begun is done. */
    private void arrive() {
        Member arrived = next;
        if (arrived == null) return;
        primary = arrived;
        next = null;
        tell(arrived);
    }

    /** A controller's stream is over. */
    synchronized void leave(Member member) {
        if (members.remove(member) == null) return;
        if (!isFirst(member)) return;
        primary = null;
        next = null;
        members.keySet().forEach(this::tell);
    }

    private void tell(Member member) {
        boolean first = isFirst(member);
        boolean any = primary != null || next != null;
        Code code = first ? Code.OK : any ? Code.ALREADY_EXISTS : Code.NOT_FOUND;
        MasterArbitrationUpdate.Builder update = MasterArbitrationUpdate.newBuilder()
                .setDeviceId(device)
                .setStatus(com.google.rpc.Status.newBuilder()
                        .setCode(code.getNumber())
                        .setMessage(
                                first
                                        ? "you are the primary"
                                        : any ? "another is the primary" : "there is no primary"));
        if (highest != null) update.setElectionId(highest);
        if (!role.isEmpty() || config != null) {
            Role.Builder its = Role.newBuilder().setName(role);
            if (config != null) its.setConfig(config);
            update.setRole(its);
        }
        member.told(update.build());
    }

    synchronized boolean isPrimary(Member member) {
        return member.equals(primary);
    }

    synchronized @Nullable Member primary() {
        return primary;
    }

    /** Begins a change for whoever says this election id; null when that is not the primary. */
    synchronized @Nullable Turn begin(Uint128 id) {
        Member is = primary;
        if (is == null
                || !members.getOrDefault(is, Optional.empty())
                        .filter(id::equals)
                        .isPresent()) return null;
        underWay++;
        return new Turn();
    }

    synchronized boolean isEmpty() {
        return members.isEmpty();
    }
}
