package dev.weir.p4.run;

import dev.weir.p4.run.TableControl.Result;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where one worker takes the packets that a program mirrors, by the program's numbers of sessions: those that the program begins with, and what the control plane makes of
 * them. The worker's thread makes every call.
 */
public final class MirrorSessions {
    /** Numbers of sessions have 16 bits. */
    public static final int MOST = 1 << 16;

    /**
     * Of one copy.
     *
     * @param port the number of a port, as the program knows it
     * @param instance what the control plane calls the copy; nothing here depends on it
     */
    public record Replica(int port, int instance) {}

    /** @param replicas one copy each */
    public record Session(List<Replica> replicas, MirrorCopy copy) {
        public Session {
            replicas = List.copyOf(replicas);
        }
    }

    private final SortedMap<Integer, Session> sessions = new TreeMap<>();
    private Map<Integer, Session> declared = Map.of();
    private int version;

    /** What the program begins with. */
    public void begin(Map<Integer, Session> configured) {
        declared = Map.copyOf(configured);
        sessions.clear();
        sessions.putAll(declared);
        version++;
    }

    /** Goes on with the sessions of the program before, where that began with the same. */
    void inherit(MirrorSessions before) {
        if (!declared.equals(before.declared)) return;
        sessions.clear();
        sessions.putAll(before.sessions);
        version++;
    }

    /**
     * Makes room for the sessions of another run, where that began with the same; false where it did not, and what is there stays.
     *
     * @param declaredThen what that one began with
     */
    public boolean resume(Map<Integer, Session> declaredThen) {
        if (!declared.equals(declaredThen)) return false;
        sessions.clear();
        version++;
        return true;
    }

    /** Those from a number on, so many at the most. */
    public SortedMap<Integer, Session> some(int from, int most) {
        SortedMap<Integer, Session> some = new TreeMap<>();
        for (Map.Entry<Integer, Session> each : sessions.tailMap(from).entrySet()) {
            if (some.size() == most) break;
            some.put(each.getKey(), each.getValue());
        }
        return some;
    }

    /** All of them, in the order of their numbers; a view. */
    public Map<Integer, Session> all() {
        return sessions;
    }

    /** What the program begins with. */
    public Map<Integer, Session> declared() {
        return declared;
    }

    /** Another number after each change. */
    public int version() {
        return version;
    }

    public @Nullable Session find(int number) {
        return sessions.get(number);
    }

    public Result add(int number, Session session) {
        return sessions.containsKey(number) ? Result.EXISTS : put(number, session);
    }

    public Result modify(int number, Session session) {
        return sessions.containsKey(number) ? put(number, session) : Result.MISSING;
    }

    private Result put(int number, Session session) {
        sessions.put(number, session);
        version++;
        return Result.DONE;
    }

    public Result delete(int number) {
        if (sessions.remove(number) == null) return Result.MISSING;
        version++;
        return Result.DONE;
    }
}
