package dev.weir.offload.xdp;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfMap;
import dev.weir.wire.linux.EbpfMap.Shape;
import dev.weir.wire.linux.EbpfMapType;
import dev.weir.wire.linux.EbpfUse;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The maps that the programs of a driver share with it.
 *
 * @param flows4 from a key of IPv4 to the index of its state
 * @param flows6 the same for IPv6
 * @param states {@link StateLayout}
 * @param actions {@link ActionLayout}
 * @param tunnels {@link TunnelLayout}
 * @param devices from the index of a port to that of its interface
 * @param reasons how many packets passed up, by {@link PassedUp}
 */
record XdpMaps(
        EbpfMap flows4,
        EbpfMap flows6,
        EbpfMap states,
        EbpfMap actions,
        EbpfMap tunnels,
        EbpfMap devices,
        EbpfMap reasons)
        implements AutoCloseable {
    private static final int INDEX = Integer.BYTES;

    /** Makes them all, or leaves none. */
    static XdpMaps create(String owner, EbpfUse use, XdpDriverOptions options, int ports) throws PortException {
        Deque<EbpfMap> made = new ArrayDeque<>();
        boolean done = false;
        try {
            int flows = options.ipv4() + options.ipv6();
            add(
                    made,
                    EbpfMap.create(
                            owner,
                            use,
                            new Shape(EbpfMapType.HASH, "weir_flows4", KeyLayout.SIZE4, INDEX, options.ipv4())));
            add(
                    made,
                    EbpfMap.create(
                            owner,
                            use,
                            new Shape(EbpfMapType.HASH, "weir_flows6", KeyLayout.SIZE6, INDEX, options.ipv6())));
            add(made, array(owner, use, "weir_states", StateLayout.SIZE, flows));
            add(made, array(owner, use, "weir_actions", ActionLayout.SIZE, flows + ActionPool.SPARE));
            add(made, array(owner, use, "weir_tunnels", TunnelLayout.SIZE, options.tunnels()));
            add(made, EbpfMap.create(owner, use, new Shape(EbpfMapType.DEVICES, "weir_ports", INDEX, INDEX, ports)));
            int reasons = PassedUp.values().length;
            add(
                    made,
                    EbpfMap.create(
                            owner,
                            use,
                            new Shape(EbpfMapType.PER_CPU_ARRAY, "weir_reasons", INDEX, Long.BYTES, reasons)));
            EbpfMap[] m = made.toArray(new EbpfMap[0]);
            done = true;
            return new XdpMaps(m[0], m[1], m[2], m[3], m[4], m[5], m[6]);
        } finally {
            if (!done) made.forEach(EbpfMap::close);
        }
    }

    private static void add(Deque<EbpfMap> made, EbpfMap map) {
        made.addLast(map);
    }

    private static EbpfMap array(String owner, EbpfUse use, String name, int octets, int entries) throws PortException {
        return EbpfMap.createMappable(owner, use, new Shape(EbpfMapType.ARRAY, name, INDEX, octets, entries));
    }

    EbpfMap flows(int family) {
        return family == 4 ? flows4 : flows6;
    }

    @Override
    public void close() {
        for (EbpfMap map : new EbpfMap[] {flows4, flows6, states, actions, tunnels, devices, reasons}) map.close();
    }
}
