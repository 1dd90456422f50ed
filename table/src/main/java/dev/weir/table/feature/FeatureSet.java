package dev.weir.table.feature;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which groups of features are kept of every flow, and where in the flow's annex each lies. Immutable.
 *
 * <p>All numbers are 64 bits in native order unless said otherwise, and begin as 0. Times are nanoseconds. Blocks that
 * nobody asked for are not there.
 *
 * <pre>
 * flow        iat       {@link Moments} of the gaps between packets of either direction
 *             activity  count of pauses, start of the period that goes on, {@link Moments} of periods, of pauses
 *             bulk      the run that goes on: start, last, octets, packets i32, direction i32
 *             subflows  count of gaps that begin another
 *             history   {@link TcpHistory}
 * direction   packets, time of the first, of the last, octets of payload                       (forward, then reverse)
 *             sizes     {@link Moments}
 *             payload   {@link Moments}, packets with payload
 *             iat       {@link Moments}
 *             flags     eight counts, FIN first
 *             headers   octets, the least as {@link Moments} has it
 *             windows   the first window i32, whether there was one i32
 *             bulk      runs, packets, octets, nanoseconds
 * packet      gap before it, octets {@code << 1 |} direction                                     (the first N packets)
 * </pre>
 */
public final class FeatureSet {
    /** Nothing is kept. */
    public static final FeatureSet NONE = new FeatureSet(EnumSet.noneOf(FeatureGroup.class), 0);

    /** How many first packets are kept where nobody says. */
    public static final int FIRST_PACKETS = 10;

    /** The most first packets that are kept. */
    public static final int MAX_FIRST_PACKETS = 255;

    private static final String ALL = "all";

    /** Within a direction. */
    static final int PACKETS = 0, FIRST = 8, LAST = 16, OCTETS = 24, DIRECTION_BYTES = 32;

    static final int PACKET_BYTES = 16;

    private final EnumSet<FeatureGroup> groups;
    private final int firstPackets;

    /** Where the flow's blocks begin, then a direction's from where it begins; -1 where there is none. */
    final int gaps, activity, run, subflows, history;

    final int sizes, payload, iat, flags, headers, windows, bulk;
    final int directions, directionBytes, first;
    private final int bytes;

    private FeatureSet(EnumSet<FeatureGroup> groups, int firstPackets) {
        this.groups = groups;
        this.firstPackets = groups.contains(FeatureGroup.FIRST_PACKETS) ? firstPackets : 0;
        var flow = new Blocks(0);
        gaps = flow.add(FeatureGroup.IAT, Moments.BYTES);
        activity = flow.add(FeatureGroup.ACTIVITY, 16 + 2 * Moments.BYTES);
        run = flow.add(FeatureGroup.BULK, 32);
        subflows = flow.add(FeatureGroup.SUBFLOWS, 8);
        history = flow.add(FeatureGroup.HISTORY, TcpHistory.BYTES);
        directions = flow.end;
        var direction = new Blocks(DIRECTION_BYTES);
        sizes = direction.add(FeatureGroup.SIZES, Moments.BYTES);
        payload = direction.add(FeatureGroup.PAYLOAD, Moments.BYTES + 8);
        iat = direction.add(FeatureGroup.IAT, Moments.BYTES);
        flags = direction.add(FeatureGroup.FLAGS, 64);
        headers = direction.add(FeatureGroup.HEADERS, 16);
        windows = direction.add(FeatureGroup.WINDOWS, 8);
        bulk = direction.add(FeatureGroup.BULK, 32);
        directionBytes = direction.end;
        first = directions + 2 * directionBytes;
        bytes = groups.isEmpty() ? 0 : first + this.firstPackets * PACKET_BYTES;
    }

    /** Gives out room, block after block. */
    private final class Blocks {
        private int end;

        Blocks(int begin) {
            end = begin;
        }

        int add(FeatureGroup group, int size) {
            if (!groups.contains(group)) {
                return -1;
            }
            end += size;
            return end - size;
        }
    }

    /** Those groups; of the first packets {@link #FIRST_PACKETS}. */
    public static FeatureSet of(FeatureGroup first, FeatureGroup... more) {
        return new FeatureSet(EnumSet.of(first, more), FIRST_PACKETS);
    }

    /** Every group, with so many first packets. */
    public static FeatureSet all(int firstPackets) {
        return new FeatureSet(EnumSet.allOf(FeatureGroup.class), checked(firstPackets));
    }

    /**
     * The set that names between commas mean: those of groups, {@code first-packets:N}, {@code all}.
     *
     * @throws IllegalArgumentException says what is wrong and what there is
     */
    public static FeatureSet parse(String text) {
        EnumSet<FeatureGroup> groups = EnumSet.noneOf(FeatureGroup.class);
        int firstPackets = FIRST_PACKETS;
        for (String word : text.split(",", -1)) {
            String name = word.strip().toLowerCase(Locale.ROOT);
            String prefix = FeatureGroup.FIRST_PACKETS.label() + ":";
            if (name.equals(ALL)) {
                groups.addAll(EnumSet.allOf(FeatureGroup.class));
            } else if (name.startsWith(prefix)) {
                groups.add(FeatureGroup.FIRST_PACKETS);
                firstPackets = number(name.substring(prefix.length()));
            } else {
                groups.add(group(name));
            }
        }
        return new FeatureSet(groups, firstPackets);
    }

    private static int number(String digits) {
        try {
            return checked(Integer.parseInt(digits));
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(
                    "first-packets: not a number: " + digits + "; give 1 to " + MAX_FIRST_PACKETS);
        }
    }

    private static int checked(int firstPackets) {
        if (firstPackets < 1 || firstPackets > MAX_FIRST_PACKETS) {
            throw new IllegalArgumentException(
                    "first-packets: out of range: " + firstPackets + "; give 1 to " + MAX_FIRST_PACKETS);
        }
        return firstPackets;
    }

    private static FeatureGroup group(String name) {
        return Stream.of(FeatureGroup.values())
                .filter(group -> group.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no features of that name: "
                        + (name.isEmpty() ? "(empty)" : name) + "; there are: " + ALL + ", "
                        + Stream.of(FeatureGroup.values())
                                .map(FeatureGroup::label)
                                .collect(Collectors.joining(", "))));
    }

    public boolean isEmpty() {
        return groups.isEmpty();
    }

    public boolean has(FeatureGroup group) {
        return groups.contains(group);
    }

    public Set<FeatureGroup> groups() {
        return Set.copyOf(groups);
    }

    /** How many first packets are kept one by one. */
    public int firstPackets() {
        return firstPackets;
    }

    /** Octets of a flow's annex, a multiple of 8. */
    public int annexBytes() {
        return bytes;
    }

    /** Where a direction, 0 or 1, begins. */
    int direction(int direction) {
        return directions + direction * directionBytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureSet that && groups.equals(that.groups) && firstPackets == that.firstPackets;
    }

    @Override
    public int hashCode() {
        return 31 * groups.hashCode() + firstPackets;
    }

    @Override
    public String toString() {
        return groups.stream().map(FeatureGroup::label).collect(Collectors.joining(","));
    }
}
