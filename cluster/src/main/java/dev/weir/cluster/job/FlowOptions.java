package dev.weir.cluster.job;

import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TenantMode;
import java.io.Serializable;

/**
 * How flows are made of packets: what {@code weir track} has options for. Serializable, for it goes with the job.
 *
 * @param maxFlows of each address family, of all lanes together
 * @param lifetime of flows that are not TCP, as {@link Lifetime} has it
 * @param tcp lifetimes by TCP state, START to RST
 * @param tcpClose whether TCP state decides
 * @param activeTimeout as {@link Lifetime} has it
 * @param seed of the hash that spreads flows; the same for the whole life of a job, savepoints included
 * @param dropLate whether a packet that comes after its time was over is left out, instead of counted at the clock's time
 */
public record FlowOptions(
        int maxFlows,
        int lifetime,
        TcpTimes tcp,
        boolean tcpClose,
        int activeTimeout,
        TunnelMode tunnels,
        TenantMode tenants,
        long seed,
        boolean dropLate)
        implements Serializable {

    /** {@link TcpLifetimes}, for a journey. */
    public record TcpTimes(int start, int syn, int synAck, int established, int fin, int finAck, int rst)
            implements Serializable {
        public static TcpTimes of(TcpLifetimes t) {
            return new TcpTimes(t.start(), t.syn(), t.synAck(), t.established(), t.fin(), t.finAck(), t.rst());
        }

        TcpLifetimes lifetimes() {
            return new TcpLifetimes(start, syn, synAck, established, fin, finAck, rst);
        }
    }

    /** What {@code weir track} has by default, with that seed. */
    public static FlowOptions defaults(long seed) {
        FlowTableConfig standard = FlowTableConfig.defaults();
        return new FlowOptions(
                standard.maxFlows(),
                standard.lifetime(),
                TcpTimes.of(standard.tcpLifetimes()),
                standard.tcpClose(),
                standard.activeTimeout(),
                TunnelMode.OUTER,
                TenantMode.NONE,
                seed,
                false);
    }

    /** The same with that lifetime of flows that are not TCP. */
    public FlowOptions withLifetime(int millis) {
        return new FlowOptions(maxFlows, millis, tcp, tcpClose, activeTimeout, tunnels, tenants, seed, dropLate);
    }

    /** The same where late packets are left out. */
    public FlowOptions dropping() {
        return new FlowOptions(maxFlows, lifetime, tcp, tcpClose, activeTimeout, tunnels, tenants, seed, true);
    }

    FlowTableConfig table(int lanes) {
        return FlowTableConfig.defaults()
                .withMaxFlows(maxFlows)
                .withLifetime(lifetime)
                .withTcpLifetimes(tcp.lifetimes())
                .withTcpClose(tcpClose)
                .withActiveTimeout(activeTimeout)
                .withHashSeed(seed)
                .shareOf(lanes);
    }
}
