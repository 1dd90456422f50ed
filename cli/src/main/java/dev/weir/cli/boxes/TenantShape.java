package dev.weir.cli.boxes;

import dev.weir.dataplane.nodes.IpPrefix;
import java.util.List;

/**
 * What tenants send. Flow n is of the n-th VNI in turn, and of the tenant address that follows from how often they went round, so that tenants of all VNIs have equal
 * addresses; servers change in turn likewise.
 *
 * @param vnis of the tenants
 * @param servers whom they ask
 * @param tenant the first tenant's address, of the servers' family
 * @param tenantMac Ethernet address of all tenants
 * @param gatewayMac inner Ethernet destination
 * @param sourcePort of all flows
 * @param destinationPort of all flows
 * @param octets of the UDP payload
 */
record TenantShape(
        List<Integer> vnis,
        List<IpPrefix> servers,
        IpPrefix tenant,
        long tenantMac,
        long gatewayMac,
        int sourcePort,
        int destinationPort,
        int octets) {

    int vni(long flow) {
        return vnis.get((int) (flow % vnis.size()));
    }

    IpPrefix server(long flow) {
        return servers.get((int) (flow / vnis.size() % servers.size()));
    }

    /** Lower half of the tenant's address. */
    long address(long flow) {
        long low = tenant.low() + flow / vnis.size();
        return tenant.family() == 4 ? low & 0xFFFF_FFFFL : low;
    }
}
