package dev.weir.table;

import dev.weir.table.feature.FeatureSet;
import java.util.OptionalLong;

/**
 * How a {@link FlowTable} is made; immutable. Lifetimes are as {@link Lifetime} stores them.
 *
 * @param maxFlows how many flows each of the two tables (IPv4, IPv6) holds at the most
 * @param lifetime of flows that are not TCP
 * @param tcpLifetimes by {@link TcpState}
 * @param tcpClose whether TCP state sets lifetimes and a plain SYN begins a new flow on reused ports; where false,
 *     {@code lifetime} is everybody's
 * @param activeTimeout a flow that lasts longer is reported in pieces; {@link Lifetime#NEVER} for whole
 * @param hashSeed fixes the secret of the hash; empty for one drawn at random
 * @param annexBytes octets kept with each flow for whoever owns the table, a multiple of 8; see {@link FlowContext}
 * @param features what is measured of every flow beyond its counters; then the annex is theirs alone, and vectors are
 *     made with what it needs ({@link FlowVector#FlowVector(dev.weir.packet.PacketVector, boolean, boolean)})
 */
public record FlowTableConfig(
        int maxFlows,
        int lifetime,
        TcpLifetimes tcpLifetimes,
        boolean tcpClose,
        int activeTimeout,
        OptionalLong hashSeed,
        int annexBytes,
        FeatureSet features) {

    /** The most flows that a table holds. */
    public static final int MAX_FLOWS = (1 << 28) - 2;

    /** The most octets that are kept with a flow for others. */
    public static final int MAX_ANNEX_BYTES = 1024;

    public FlowTableConfig {
        if (maxFlows < 1 || maxFlows > MAX_FLOWS) {
            throw new IllegalArgumentException(
                    "max-flows out of range: max-flows=" + maxFlows + ", limit=" + MAX_FLOWS);
        }
        if (!features.isEmpty()) {
            if (annexBytes != features.annexBytes()) {
                throw new IllegalArgumentException("annex is not that of the features: bytes=" + annexBytes
                        + ", of the features: " + features.annexBytes());
            }
        } else if (annexBytes < 0 || annexBytes > MAX_ANNEX_BYTES || annexBytes % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "annex out of range: bytes=" + annexBytes + ", limit=" + MAX_ANNEX_BYTES + ", in steps of 8");
        }
        if (activeTimeout == 0) {
            throw new IllegalArgumentException("active timeout out of range: 0; give a positive time, or never");
        }
    }

    /** A million flows of each family, 60 s of idleness, TCP by its state, whole flows, a random secret. */
    public static FlowTableConfig defaults() {
        return new FlowTableConfig(
                1_000_000,
                Lifetime.ofSeconds(60),
                TcpLifetimes.DEFAULT,
                true,
                Lifetime.NEVER,
                OptionalLong.empty(),
                0,
                FeatureSet.NONE);
    }

    public FlowTableConfig withMaxFlows(int flows) {
        return new FlowTableConfig(
                flows, lifetime, tcpLifetimes, tcpClose, activeTimeout, hashSeed, annexBytes, features);
    }

    public FlowTableConfig withLifetime(int millis) {
        return new FlowTableConfig(
                maxFlows, millis, tcpLifetimes, tcpClose, activeTimeout, hashSeed, annexBytes, features);
    }

    public FlowTableConfig withTcpLifetimes(TcpLifetimes lifetimes) {
        return new FlowTableConfig(
                maxFlows, lifetime, lifetimes, tcpClose, activeTimeout, hashSeed, annexBytes, features);
    }

    public FlowTableConfig withTcpClose(boolean close) {
        return new FlowTableConfig(
                maxFlows, lifetime, tcpLifetimes, close, activeTimeout, hashSeed, annexBytes, features);
    }

    public FlowTableConfig withActiveTimeout(int millis) {
        return new FlowTableConfig(maxFlows, lifetime, tcpLifetimes, tcpClose, millis, hashSeed, annexBytes, features);
    }

    public FlowTableConfig withHashSeed(long seed) {
        return new FlowTableConfig(
                maxFlows, lifetime, tcpLifetimes, tcpClose, activeTimeout, OptionalLong.of(seed), annexBytes, features);
    }

    public FlowTableConfig withAnnexBytes(int bytes) {
        return new FlowTableConfig(
                maxFlows, lifetime, tcpLifetimes, tcpClose, activeTimeout, hashSeed, bytes, FeatureSet.NONE);
    }

    /** The same with these features, which take the annex. */
    public FlowTableConfig withFeatures(FeatureSet set) {
        return new FlowTableConfig(
                maxFlows, lifetime, tcpLifetimes, tcpClose, activeTimeout, hashSeed, set.annexBytes(), set);
    }

    /**
     * How each of {@code count} {@link FlowTable#shards} is made: together they hold {@link #maxFlows}, with room for the
     * spread of chance, eight standard deviations.
     */
    public FlowTableConfig shareOf(int count) {
        double mean = (double) maxFlows / count;
        int each = (int) Math.min(maxFlows, Math.ceil(mean + 8 * Math.sqrt(mean) + 64));
        return count == 1 ? this : withMaxFlows(each);
    }
}
