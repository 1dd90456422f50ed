package dev.weir.p4.ir;

import java.math.BigInteger;

/**
 * State that outlives a packet, in cells that are counted from 0: of its own ({@code size} cells), or <em>direct</em>, one cell an entry of the
 * table that lists it. A direct one is used only in actions of that table, without an index: the cell is that of the entry that was hit; on a
 * miss nothing is counted or written, a register gives what it begins with, and a meter gives green.
 *
 * <p>An index beyond the last cell does the same as a miss.
 */
public sealed interface Resource {
    /** The register that says which ports face the host, a bit each, in programs that ask: by it {@code is_host_port} and {@code is_net_port} decide. */
    String HOST_PORTS = "host_ports";

    /** Of a resource that lies in the entries of a table. */
    int DIRECT = 0;

    String name();

    int size();

    default boolean direct() {
        return size() == DIRECT;
    }

    enum Unit {
        PACKETS,
        BYTES,
        PACKETS_AND_BYTES
    }

    record Counter(String name, int size, Unit unit) implements Resource {}

    /** A two-rate three-colour marker (RFC 2698); green as long as nobody has given it rates. */
    record Meter(String name, int size, Unit unit) implements Resource {
        /** The colours as numbers of {@link Instruction.ExecuteMeter}, 2 bits, in the order of PNA. */
        public static final int RED = 0, GREEN = 1, YELLOW = 2;
    }

    record Register(String name, int size, int width, BigInteger initial) implements Resource {}
}
