package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.v1.DigestEntry;
import dev.weir.api.p4.v1.DigestList;
import dev.weir.api.p4.v1.DigestListAck;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.P4Data;
import dev.weir.api.p4.v1.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Digests of one device on their way to its primary: collected in lists, none twice in a list, none again before the list it was in has been acknowledged (P4Runtime
 * 1.5, section 9.9). Any thread; times are nanoseconds of whatever clock.
 */
final class DigestLists {
    /** Of a list whose size is not limited, and of lists that nobody has acknowledged. */
    static final int MOST = 1024, MOST_LISTS = 256;

    private final Map<Integer, Learning> byDigest = new LinkedHashMap<>();
    private @Nullable ProgramInfo program;
    private long lists;

    /** One digest that a controller wants. */
    private static final class Learning {
        DigestEntry.Config config;
        Set<P4Data> collected = new LinkedHashSet<>();
        long since;
        final Map<Long, Sent> sent = new LinkedHashMap<>();

        Learning(DigestEntry.Config config) {
            this.config = config;
        }

        boolean isKnown(P4Data data) {
            return collected.contains(data) || sent.values().stream().anyMatch(list -> list.data.contains(data));
        }
    }

    private record Sent(Set<P4Data> data, long at) {}

    /** Another program runs: nothing is wanted of it yet. */
    synchronized void begin(ProgramInfo next) {
        program = next;
        byDigest.clear();
    }

    /** Whether an update could be done. */
    synchronized void check(Update update) throws EntityFault {
        DigestEntry entry = update.getEntity().getDigestEntry();
        if (program != null) program.digest(entry.getDigestId());
        DigestEntry.Config config = entry.getConfig();
        if (config.getMaxTimeoutNs() < 0 || config.getMaxListSize() < 0 || config.getAckTimeoutNs() < 0) {
            throw EntityFault.invalid("digest_entry.config: times and sizes are not negative; give 0 or more");
        }
    }

    synchronized void configure(Update update) throws EntityFault {
        DigestEntry entry = update.getEntity().getDigestEntry();
        int id = entry.getDigestId();
        Learning learning = byDigest.get(id);
        switch (update.getType()) {
            case INSERT -> {
                if (learning != null) {
                    throw new EntityFault(Code.ALREADY_EXISTS, "digest_entry: is wanted already; use MODIFY");
                }
                byDigest.put(id, new Learning(entry.getConfig()));
            }
            case MODIFY -> existing(learning).config = entry.getConfig();
            case DELETE -> {
                existing(learning);
                byDigest.remove(id);
            }
            case UNSPECIFIED, UNRECOGNIZED ->
                throw EntityFault.invalid("type: is missing; give INSERT, MODIFY or DELETE");
        }
    }

    private static Learning existing(@Nullable Learning learning) throws EntityFault {
        if (learning == null) throw EntityFault.missing("digest_entry: was not wanted; use INSERT");
        return learning;
    }

    /** What is wanted of one digest, or of all where the id is 0. */
    synchronized List<Entity> read(int id) throws EntityFault {
        if (id != 0 && program != null) program.digest(id);
        List<Entity> entities = new ArrayList<>();
        byDigest.forEach((each, learning) -> {
            if (id == 0 || id == each) {
                entities.add(Entity.newBuilder()
                        .setDigestEntry(
                                DigestEntry.newBuilder().setDigestId(each).setConfig(learning.config))
                        .build());
            }
        });
        return entities;
    }

    synchronized boolean isWanted(int id) {
        return byDigest.containsKey(id);
    }

    /** Takes a digest in; one that is known already goes unsaid. */
    synchronized void add(int id, P4Data data, long now) {
        Learning learning = byDigest.get(id);
        if (learning == null || learning.isKnown(data) || learning.collected.size() >= MOST) return;
        if (learning.collected.isEmpty()) learning.since = now;
        learning.collected.add(data);
    }

    /** Lists whose time has come. */
    synchronized List<DigestList> due(long now, long timestamp) {
        List<DigestList> due = new ArrayList<>();
        byDigest.forEach((id, learning) -> {
            long patience = learning.config.getAckTimeoutNs();
            learning.sent.values().removeIf(list -> now - list.at >= patience);
            int size = learning.config.getMaxListSize() == 0 ? MOST : learning.config.getMaxListSize();
            while (learning.collected.size() >= size) due.add(list(id, learning, size, now, timestamp));
            boolean waited = now - learning.since >= learning.config.getMaxTimeoutNs();
            if (waited && !learning.collected.isEmpty()) due.add(list(id, learning, size, now, timestamp));
        });
        return due;
    }

    private DigestList list(int id, Learning learning, int most, long now, long timestamp) {
        Set<P4Data> some = new LinkedHashSet<>();
        for (P4Data data : learning.collected) {
            if (some.size() < most) some.add(data);
        }
        learning.collected.removeAll(some);
        learning.since = now;
        long number = ++lists;
        if (learning.config.getAckTimeoutNs() > 0) {
            if (learning.sent.size() >= MOST_LISTS) {
                learning.sent.remove(learning.sent.keySet().iterator().next());
            }
            learning.sent.put(number, new Sent(some, now));
        }
        return DigestList.newBuilder()
                .setDigestId(id)
                .setListId(number)
                .addAllData(some)
                .setTimestamp(timestamp)
                .build();
    }

    /** A list has arrived: what was in it may be said again. */
    synchronized void acknowledge(DigestListAck ack) throws EntityFault {
        if (program != null) program.digest(ack.getDigestId());
        Learning learning = byDigest.get(ack.getDigestId());
        if (learning != null) learning.sent.remove(ack.getListId());
    }
}
