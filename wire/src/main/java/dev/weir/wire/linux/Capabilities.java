package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the calling thread may do, what ports need, how to give it, and how to give it up (capabilities(7)).
 *
 * <p>On Linux every thread has capabilities of its own, which it hands on to the threads that it starts. So
 * {@link #keepOnly} covers the calling thread and those that it starts afterwards, and no other: not the collector's and
 * the compiler's threads, which the JVM started before, and which run no code of ours. Nothing can be given back to a
 * thread. To hold for a worker it is called first thing in that worker; the thread that looks after the ports keeps what
 * opening a lost interface again needs.
 *
 * <p>setcap(8) on {@code java} is left out of the advice, since it gives the rights to every Java program of every user,
 * and such a {@code java} no longer finds its own libraries by a relative path.
 */
public final class Capabilities {
    /** What an AF_PACKET port needs. */
    public static final Set<Capability> PACKET = Set.of(Capability.NET_RAW);
    /** What a TAP port needs. */
    public static final Set<Capability> TAP = Set.of(Capability.NET_ADMIN);
    /** What an AF_XDP port needs. */
    public static final Set<Capability> XDP = Set.of(Capability.NET_RAW, Capability.NET_ADMIN, Capability.BPF);

    private static final int VERSION_3 = 0x20080522, HEADER_SIZE = 8, DATA_SIZE = 24;
    /** In the first of two {@code struct __user_cap_data_struct}; the second, 12 octets on, has numbers from 32. */
    private static final int EFFECTIVE = 0, PERMITTED = 4, HIGH = 12;

    private static final int PR_SET_NO_NEW_PRIVS = 38, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4;

    private Capabilities() {}

    /** What the calling thread has in effect, of those that are known here. */
    public static Set<Capability> held() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = read(arena);
            EnumSet<Capability> held = EnumSet.noneOf(Capability.class);
            for (Capability c : Capability.values()) {
                if ((word(data, EFFECTIVE) >>> c.number & 1) != 0) held.add(c);
            }
            return held;
        }
    }

    /** What of {@code needed} the calling thread does not have; SYS_ADMIN stands in for BPF and PERFMON alone. */
    public static Set<Capability> missing(Set<Capability> needed) {
        Set<Capability> held = held();
        EnumSet<Capability> missing = EnumSet.noneOf(Capability.class);
        missing.addAll(needed);
        missing.removeAll(held);
        if (held.contains(Capability.SYS_ADMIN)) missing.removeAll(Set.of(Capability.BPF, Capability.PERFMON));
        return missing;
    }

    /** @throws PortException when the calling thread lacks some, saying which, and how to give them */
    public static void require(String what, Set<Capability> needed) throws PortException {
        Set<Capability> missing = missing(needed);
        if (!missing.isEmpty()) {
            throw new PortException(what, "lacking " + names(missing, ", ") + "; " + howToGive(needed));
        }
    }

    /**
     * Why the kernel refused something, and the remedy, two clauses: it lacks some of {@code needed}, or where it lacks none,
     * something else forbids it.
     */
    static String refused(String what, Set<Capability> needed) {
        Set<Capability> missing = missing(needed);
        return missing.isEmpty()
                ? what + " although nothing is missing of " + names(needed, ", ")
                        + "; a user namespace or a security module forbids it: start it outside"
                : what + ", lacking " + names(missing, ", ") + "; " + howToGive(needed);
    }

    /** How to start the process with these, an imperative clause. */
    public static String howToGive(Set<Capability> needed) {
        String lower = names(needed, ",").toLowerCase(Locale.ROOT);
        return "start it by sudo, in a systemd unit with AmbientCapabilities=" + names(needed, " ")
                + ", or by sudo capsh --keep=1 --user=$USER --inh=" + lower + " --addamb=" + lower + " -- -c COMMAND";
    }

    /**
     * Gives up all capabilities of the calling thread but these, of those that it had; for good, and for the threads that
     * it starts from now on too.
     *
     * @return whether the kernel did so
     */
    public static boolean keepOnly(Set<Capability> kept) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = read(arena);
            long keep = 0;
            for (Capability c : kept) keep |= 1L << c.number;
            keep &= word(data, PERMITTED);
            data.fill((byte) 0);
            for (int set : new int[] {EFFECTIVE, PERMITTED}) {
                data.set(JAVA_INT, set, (int) keep);
                data.set(JAVA_INT, HIGH + set, (int) (keep >>> 32));
            }
            SystemCalls.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0);
            return SystemCalls.capset(header(arena), data) == 0;
        }
    }

    /**
     * Has no program that the calling thread starts get more rights than it has, by a set-user-ID bit for instance
     * (PR_SET_NO_NEW_PRIVS); for good, and for the threads that it starts from now on too.
     *
     * @return whether the kernel did so
     */
    public static boolean renounceNewPrivileges() {
        return SystemCalls.prctl(PR_SET_NO_NEW_PRIVS, 1, 0) == 0;
    }

    private static String names(Set<Capability> some, String separator) {
        return some.stream().sorted().map(Capability::kernelName).collect(Collectors.joining(separator));
    }

    /** Empty sets where the kernel does not tell. */
    private static MemorySegment read(Arena arena) {
        MemorySegment data = arena.allocate(DATA_SIZE, 4);
        SystemCalls.capget(header(arena), data);
        return data;
    }

    /** {@code struct __user_cap_header_struct}: the version, and 0 for the calling thread. */
    private static MemorySegment header(Arena arena) {
        MemorySegment header = arena.allocate(HEADER_SIZE, 4);
        header.set(JAVA_INT, 0, VERSION_3);
        return header;
    }

    private static long word(MemorySegment data, int set) {
        return (data.get(JAVA_INT, HIGH + set) & 0xFFFF_FFFFL) << 32 | (data.get(JAVA_INT, set) & 0xFFFF_FFFFL);
    }
}
