package dev.weir.server.config;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.wire.linux.Segments;
import dev.weir.wire.linux.XdpOptions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a port. */
final class PortSection {
    /** How packets come and go. */
    enum Driver {
        AF_PACKET,
        AF_XDP,
        TAP,
        FILE
    }

    /** A port, what it is made of and its place in the graph; its name is put in later. */
    record Declared(PortSettings settings, GraphConfig.PortEntry entry) {}

    private static final String NOWHERE = "none";

    private static final Field<String> INTERFACE = Field.optional(
            "interface",
            Kinds.TEXT,
            "none",
            "The network interface whose packets come in and go out here. It is made promiscuous.");

    private static final Field<String> TAP = Field.optional(
            "tap",
            Kinds.TEXT,
            "none",
            "The name of a TAP device that is made: what the host sends into it comes in here. It goes when the process ends.");

    private static final Field<Long> MAC = Field.of(
            "mac", Kinds.MAC, 0L, "drawn by the kernel", "The Ethernet address of the host's end of a TAP device.");

    private static final Field<Integer> MTU = Field.of(
            "mtu", Kinds.integer(68, 65_521), 0, "the kernel's", "The longest payload of a frame of a TAP device.");

    private static final Field<String> READ = Field.optional(
            "read",
            Kinds.FILE,
            "none",
            "A capture file (pcap, pcapng, plain or compressed) whose packets come in here.");

    private static final Field<String> WRITE = Field.optional(
            "write",
            Kinds.FILE,
            "none",
            "A pcap file for the packets that go out here; replaced when the process starts. `none`: they are counted and go nowhere.");

    private static final Field<Driver> DRIVER = Field.optional(
            "driver",
            Kinds.choice(Driver.class),
            "`af-packet` for an interface, else what the port is made of",
            "How packets come and go.");

    private static final Field<Segments> SEGMENTS = Field.of(
            "segments",
            Kinds.choice(Segments.class),
            Segments.CARRY,
            "carry",
            "Super-packets of segmentation offload are carried through as they are, or refused: dropped, counted, and told of with the command that turns them off.");

    private static final Field<Integer> RING = Field.of(
            "ring",
            Kinds.of(Kinds.integer(64, 1 << 16), "a power of two, 64 to 65536", PortSection::powerOfTwo),
            8192,
            "8192",
            "How many frames the port's receive ring holds, for each worker; its send ring holds as many, 2048 at most with af-packet.");

    private static final Field<Boolean> BYPASS_QDISC = Field.of(
            "bypass-qdisc",
            Kinds.SWITCH,
            false,
            "false",
            "Whether frames go to the driver past the queueing discipline: faster, and without its buffer.");

    private static final Field<Boolean> LISTEN = Field.of(
            "listen",
            Kinds.SWITCH,
            false,
            "false",
            "Whether the port only listens: what the host itself sends through the interface comes in too, and what is sent to the port goes nowhere, silently.");

    private static final Field<XdpOptions.Mode> XDP_MODE = Field.of(
            "xdp-mode",
            Kinds.choice(XdpOptions.Mode.class),
            XdpOptions.Mode.AUTO,
            "auto",
            "Where packets leave the kernel's way: in the driver (`native`), after it (`generic`), or in it where it can.");

    private static final Field<Boolean> ZERO_COPY = Field.of(
            "zero-copy",
            Kinds.SWITCH,
            false,
            "false",
            "Whether a driver that can is asked to receive into the port's own memory.");

    private static final Field<String> TENANT = Field.optional(
            "tenant",
            Kinds.nameOf(Names.TENANT),
            "none",
            "Whose packets come in here, where tenants are told apart by port.");

    private static final Field<String> CHAIN = Field.optional(
            "chain",
            Kinds.nameOf(Names.CHAIN),
            "`default`",
            "Which nodes the flows visit that begin here, unless their tenant has a chain.");

    private static final Field<String> NEXT = Field.optional(
            "next",
            Kinds.nameOf(Names.NODE),
            "the first of the chain",
            "The node at which packets from here enter their chain: those before it are left out.");

    private static final Field<Boolean> FLOW_TABLE = Field.of(
            "flow-table",
            Kinds.SWITCH,
            true,
            "true",
            "Whether packets from here are looked up in the flow table; where not, they are no flow's.");

    static final Section<Declared> SECTION = new Section<>(
            "port",
            "Where packets come from and go to. `interface`, `tap`, or `read` and `write` say what it is made of.",
            List.of(
                    INTERFACE,
                    TAP,
                    READ,
                    WRITE,
                    DRIVER,
                    SEGMENTS,
                    RING,
                    BYPASS_QDISC,
                    LISTEN,
                    XDP_MODE,
                    ZERO_COPY,
                    MAC,
                    MTU,
                    TENANT,
                    CHAIN,
                    NEXT,
                    FLOW_TABLE),
            PortSection::declare);

    /** Options that only some drivers have. */
    private static final Map<Field<?>, Set<Driver>> BELONGS = belongs();

    private PortSection() {}

    private static int powerOfTwo(int number) {
        if (Integer.bitCount(number) != 1) {
            throw new IllegalArgumentException(
                    number + " is no power of two; give " + Integer.highestOneBit(number) + ", or twice that");
        }
        return number;
    }

    private static Map<Field<?>, Set<Driver>> belongs() {
        Map<Field<?>, Set<Driver>> belongs = new LinkedHashMap<>();
        belongs.put(INTERFACE, EnumSet.of(Driver.AF_PACKET, Driver.AF_XDP));
        belongs.put(READ, EnumSet.of(Driver.FILE));
        belongs.put(WRITE, EnumSet.of(Driver.FILE));
        belongs.put(TAP, EnumSet.of(Driver.TAP));
        belongs.put(MAC, EnumSet.of(Driver.TAP));
        belongs.put(MTU, EnumSet.of(Driver.TAP));
        belongs.put(SEGMENTS, EnumSet.of(Driver.AF_PACKET, Driver.TAP));
        belongs.put(RING, EnumSet.of(Driver.AF_PACKET, Driver.AF_XDP));
        belongs.put(BYPASS_QDISC, EnumSet.of(Driver.AF_PACKET));
        belongs.put(LISTEN, EnumSet.of(Driver.AF_PACKET));
        belongs.put(XDP_MODE, EnumSet.of(Driver.AF_XDP));
        belongs.put(ZERO_COPY, EnumSet.of(Driver.AF_XDP));
        return belongs;
    }

    private static @Nullable Declared declare(Values values) {
        int before = values.reading().faults();
        Driver driver = driver(values);
        if (driver == null) {
            return null;
        }
        BELONGS.forEach((field, drivers) -> {
            if (values.has(field) && !drivers.contains(driver)) {
                values.fault(field, "does not go with " + Kinds.word(driver) + ", which this port is; remove it");
            }
        });
        return values.reading().faults() > before ? null : new Declared(settings(driver, values), entry(values));
    }

    /** The one that is named, else the one that goes with what is given. */
    private static @Nullable Driver driver(Values values) {
        List<Driver> fitting = new ArrayList<>();
        if (values.has(INTERFACE)) {
            fitting.add(Driver.AF_PACKET);
        }
        if (values.has(TAP)) {
            fitting.add(Driver.TAP);
        }
        if (values.has(READ) || values.has(WRITE)) {
            fitting.add(Driver.FILE);
        }
        if (fitting.size() != 1) {
            values.fault(
                    fitting.isEmpty()
                            ? "has no 'interface', 'tap', 'read' or 'write'; add one: what is the port?"
                            : "is made of several things; make a port of each");
            return null;
        }
        return values.find(DRIVER).orElse(fitting.getFirst());
    }

    private static PortSettings settings(Driver driver, Values values) {
        return switch (driver) {
            case AF_PACKET ->
                new PortSettings.Packet(
                        values.get(INTERFACE),
                        values.get(RING),
                        values.get(SEGMENTS),
                        values.get(BYPASS_QDISC),
                        values.get(LISTEN));
            case AF_XDP ->
                new PortSettings.Xdp(
                        values.get(INTERFACE), values.get(RING), values.get(XDP_MODE), values.get(ZERO_COPY));
            case TAP -> new PortSettings.Tap(values.get(TAP), values.get(MAC), values.get(MTU), values.get(SEGMENTS));
            case FILE ->
                new PortSettings.Files(values.find(READ), values.find(WRITE).filter(file -> !file.equals(NOWHERE)));
        };
    }

    private static GraphConfig.PortEntry entry(Values values) {
        return new GraphConfig.PortEntry(
                "",
                values.find(TENANT).orElse(null),
                values.find(CHAIN).orElse(null),
                values.find(NEXT).orElse(null),
                values.get(FLOW_TABLE));
    }
}
