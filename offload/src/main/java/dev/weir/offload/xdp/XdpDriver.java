package dev.weir.offload.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.table.FlowKey;
import dev.weir.table.TenantMode;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capability;
import dev.weir.wire.linux.EbpfUse;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decided flows in the kernel: an XDP program on each port looks up every packet's flow, and drops it, leaves it to the
 * kernel's stack, or sends it out of a port, changed as the flow's action says; it counts it, and the JVM never sees it. All
 * other packets go on as if there were no program. {@link PassedUp} lists what the program leaves alone, TCP's beginnings
 * and ends among it.
 *
 * <p>Program and maps belong to descriptors of this process: they end with it, however it ends. Needs Linux 5.18, and
 * CAP_NET_ADMIN, CAP_PERFMON and CAP_BPF when it is opened, the first of them again when an interface came back.
 *
 * <p>Any thread, one call at a time: calls wait for each other. They allocate, for each flow that they name. A put or a
 * read is a system call a flow; a removal waits once besides, some milliseconds however many flows it names, for programs
 * that still run, so that what it returns is final.
 */
public final class XdpDriver implements FlowCarrier {
    /** What a process must be allowed to open one. */
    public static final Set<Capability> NEEDED = Set.of(Capability.NET_ADMIN, Capability.PERFMON, Capability.BPF);

    private static final EbpfUse USE = new EbpfUse(NEEDED, "leave flows in software");

    private final XdpMaps maps;
    private final FlowStore flows;
    private final List<OffloadPort> ports = new ArrayList<>();
    private boolean closed;

    private XdpDriver(XdpMaps maps, FlowStore flows) {
        this.maps = maps;
        this.flows = flows;
    }

    /**
     * Attaches to interfaces of the calling thread's network namespace.
     *
     * @param ports their names; actions name them by their index
     * @throws PortException when the kernel refuses maps, the program (with its verifier's last lines) or an interface; or
     *     when the mode is native and a port would lose what is redirected to it. Then nothing stays
     */
    public static XdpDriver open(List<String> ports, XdpDriverOptions options) throws PortException {
        if (ports.isEmpty()) throw new IllegalArgumentException("ports: there are none; name at least one");
        Mode mode = OffloadPort.modeThatSends(ports, options.mode());
        String owner = ports.getFirst();
        XdpMaps maps = XdpMaps.create(owner, USE, options, ports.size());
        boolean done = false;
        XdpDriver driver = null;
        try {
            driver = new XdpDriver(maps, FlowStore.create(owner, USE, maps));
            boolean byVlan = options.tenants() == TenantMode.VLAN;
            for (int i = 0; i < ports.size(); i++) {
                int tenant = options.tenants() == TenantMode.INTERFACE ? options.portTenant(i) : 0;
                FlowProgram.Place place = new FlowProgram.Place(maps, byVlan, tenant);
                driver.ports.add(OffloadPort.open(ports.get(i), i, USE, place, mode));
            }
            done = true;
            return driver;
        } finally {
            if (!done && driver != null) driver.close();
            if (!done && driver == null) maps.close();
        }
    }

    /**
     * Puts flows, each in one step: one that is there gets the new action and keeps its counters.
     *
     * @return what became of each, in their order
     * @throws IllegalArgumentException when an action names a port that there is not; then none is put
     */
    @Override
    public synchronized List<XdpPut> put(List<XdpFlow> some) {
        for (XdpFlow flow : some) checkPort(flow);
        List<XdpPut> outcomes = new ArrayList<>(some.size());
        for (XdpFlow flow : some) outcomes.add(flows.put(flow, this::longest));
        return outcomes;
    }

    private void checkPort(XdpFlow flow) {
        if (flow.action() instanceof XdpAction.Redirect redirect && redirect.port() >= ports.size()) {
            throw new IllegalArgumentException("flow " + flow.key() + ": there is no port " + redirect.port()
                    + "; give an index from 0 to " + (ports.size() - 1));
        }
    }

    private int longest(int port, boolean tunnelled) {
        return ports.get(port).longestFrame(tunnelled);
    }

    /** Removes flows; their packets pass up from now on. @return the final counters of those that were there, in order */
    @Override
    public synchronized Map<FlowKey, XdpCounters> remove(Collection<FlowKey> some) {
        return flows.remove(List.copyOf(some));
    }

    /** What was counted of a flow so far, or null where there is none. */
    public synchronized @Nullable XdpCounters counters(FlowKey key) {
        return flows.counters(key);
    }

    /** Tells of all flows, in no order. Other calls wait until all were told. */
    @Override
    public synchronized void forEach(BiConsumer<FlowKey, XdpCounters> each) {
        flows.forEach(each);
    }

    /** How many flows there are, directions counted one by one. */
    public synchronized long count() {
        return flows.count();
    }

    /** The kernel's index of each port's interface, in the order of the ports. */
    public synchronized List<Integer> interfaceIndices() {
        return ports.stream().map(OffloadPort::interfaceIndex).toList();
    }

    /** How many packets passed up so far, by why; those of all ports together. */
    @Override
    public synchronized Map<PassedUp, Long> passedUp() {
        Map<PassedUp, Long> counts = new EnumMap<>(PassedUp.class);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(JAVA_INT);
            MemorySegment values = arena.allocate((long) Processors.possible() * Long.BYTES, 8);
            for (PassedUp reason : PassedUp.values()) {
                key.set(JAVA_INT, 0, reason.number);
                maps.reasons().get(key, values);
                long sum = 0;
                for (long at = 0; at < values.byteSize(); at += Long.BYTES) sum += values.get(JAVA_LONG, at);
                counts.put(reason, sum);
            }
        }
        return counts;
    }

    /**
     * Looks after the interfaces, in their network namespace: attaches again to one that went and came back, follows its
     * MTU. To be called about once a second.
     *
     * @return what is new, a clause for a person each
     */
    @Override
    public synchronized List<String> maintain() {
        if (closed) return List.of();
        List<String> news = new ArrayList<>();
        boolean refit = false;
        for (OffloadPort port : ports) {
            int before = port.mtu();
            String clause = port.maintain();
            if (!clause.isEmpty()) news.add(clause);
            refit |= port.mtu() != before;
        }
        if (refit) flows.fit(this::longest);
        return news;
    }

    /** Where the programs run, a clause for a person: {@code west native XDP, east generic XDP}. */
    public synchronized String describe() {
        return ports.stream().map(OffloadPort::describe).collect(Collectors.joining(", "));
    }

    @Override
    public synchronized Map<String, String> places() {
        Map<String, String> places = new LinkedHashMap<>();
        for (OffloadPort port : ports) places.put(port.name(), port.place());
        return places;
    }

    /** Takes the programs off; packets of all flows pass up from now on. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        for (OffloadPort port : ports) port.close();
        flows.close();
        maps.close();
    }
}
