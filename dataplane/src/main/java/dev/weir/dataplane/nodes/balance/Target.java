package dev.weir.dataplane.nodes.balance;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.packet.Rewrite;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where flows can go: out of a port, to an Ethernet address, to an IP address, or several of these. Immutable.
 *
 * @param name in listings; flows keep their target by it
 * @param weight its share of new flows among the others', with {@link BalanceConfig.Method#ROUND_ROBIN} without meaning
 * @param up whether it works: when not, its flows go to other targets with their next packet
 * @param drain whether it gets no new flows; those that it has go on
 * @param port by which its packets leave; null leaves that to other nodes
 * @param mac the Ethernet address that they get for a destination, lower 48 bits; 0 leaves it
 * @param address the single address that they get for a destination; null leaves it
 * @param toPort the destination port that goes with {@code address}; {@link Rewrite#KEEP_PORT} leaves it
 */
public record Target(
        String name,
        int weight,
        boolean up,
        boolean drain,
        @Nullable String port,
        long mac,
        @Nullable IpPrefix address,
        int toPort) {
    /** The heaviest. */
    public static final int MAX_WEIGHT = 1000;

    public Target {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("target " + name + ": weight " + weight + "; it is 1 to " + MAX_WEIGHT
                    + ", say drain for no new flows");
        }
        if (port == null && mac == 0 && address == null) {
            throw new IllegalArgumentException(
                    "target " + name + ": it says nowhere to go; give a port, an Ethernet address or an address");
        }
        if (mac >>> 48 != 0) {
            throw new IllegalArgumentException("target " + name + ": an Ethernet address has 48 bits");
        }
        if (address != null && address.length() != (address.family() == 4 ? 32 : 128)) {
            throw new IllegalArgumentException("target " + name + ": " + address + " is more than one address");
        }
        if (toPort != Rewrite.KEEP_PORT && (address == null || toPort < 0 || toPort > 0xFFFF)) {
            throw new IllegalArgumentException(
                    "target " + name + ": port " + toPort + "; it is 0 to 65535, and goes with an address");
        }
    }

    /** Reached by a port. */
    public static Target byPort(String name, String port) {
        return new Target(name, 1, true, false, port, 0, null, Rewrite.KEEP_PORT);
    }

    /** Reached by a port, at an Ethernet address. */
    public static Target byMac(String name, String port, long mac) {
        return new Target(name, 1, true, false, port, mac, null, Rewrite.KEEP_PORT);
    }

    /** Reached at an address, by whatever port other nodes say. */
    public static Target byAddress(String name, IpPrefix address, int toPort) {
        return new Target(name, 1, true, false, null, 0, address, toPort);
    }

    public Target withWeight(int share) {
        return new Target(name, share, up, drain, port, mac, address, toPort);
    }

    public Target down() {
        return new Target(name, weight, false, drain, port, mac, address, toPort);
    }

    public Target draining() {
        return new Target(name, weight, up, true, port, mac, address, toPort);
    }

    /** Whether packets to it are changed. */
    boolean rewrites() {
        return mac != 0 || address != null;
    }

    /** What {@link #isSame} looks at, as text. */
    String identity() {
        return name + " " + port + " " + Long.toHexString(mac) + " " + address + " " + toPort;
    }

    boolean takesNewFlows() {
        return up && !drain;
    }

    /** Whether flows of that one are this one's, whatever else is said of the two. */
    boolean isSame(Target other) {
        return name.equals(other.name)
                && Objects.equals(port, other.port)
                && mac == other.mac
                && Objects.equals(address, other.address)
                && toPort == other.toPort;
    }
}
