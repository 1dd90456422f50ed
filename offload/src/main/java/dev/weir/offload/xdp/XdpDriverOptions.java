package dev.weir.offload.xdp;

import dev.weir.table.TenantMode;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.util.List;

/**
 * How an {@link XdpDriver} is opened. Memory of the kernel is taken at once: some 270 octets for an IPv4 direction, 300 for
 * an IPv6 one. Immutable.
 *
 * @param ipv4 how many directions of IPv4 flows there is room for, 1 to 16 million
 * @param ipv6 the same for IPv6
 * @param tunnels how many different tunnels flows can use at a time, 1 to 65536
 * @param mode where in the kernel the program runs
 * @param tenants what gives a packet its tenant; all but the network identifiers of tunnels
 * @param portTenants with {@link TenantMode#INTERFACE} the tenant of each port; the index from 1 where the list ends
 */
public record XdpDriverOptions(
        int ipv4, int ipv6, int tunnels, Mode mode, TenantMode tenants, List<Integer> portTenants) {
    private static final int MAX_FLOWS = 1 << 24, MAX_TUNNELS = 1 << 16, MAX_TENANT = 0xFF_FFFF;

    /** @throws IllegalArgumentException when a number is out of its range, or tenants cannot be told that way */
    public XdpDriverOptions {
        portTenants = List.copyOf(portTenants);
        Ranges.check("IPv4 flows", ipv4, 1, MAX_FLOWS);
        Ranges.check("IPv6 flows", ipv6, 1, MAX_FLOWS);
        Ranges.check("tunnels", tunnels, 1, MAX_TUNNELS);
        for (int tenant : portTenants) Ranges.check("tenant", tenant, MAX_TENANT);
        if (tenants == TenantMode.VNI) {
            throw new IllegalArgumentException(
                    "tenants by VNI: the kernel's program does not look into tunnels; take another mode");
        }
    }

    /** Room for 65,536 directions of each family, 256 tunnels, in the driver where it can, no tenants. */
    public static XdpDriverOptions defaults() {
        return new XdpDriverOptions(1 << 16, 1 << 16, 256, Mode.AUTO, TenantMode.NONE, List.of());
    }

    public XdpDriverOptions withFlows(int ofIpv4, int ofIpv6) {
        return new XdpDriverOptions(ofIpv4, ofIpv6, tunnels, mode, tenants, portTenants);
    }

    public XdpDriverOptions withTunnels(int count) {
        return new XdpDriverOptions(ipv4, ipv6, count, mode, tenants, portTenants);
    }

    public XdpDriverOptions withMode(Mode where) {
        return new XdpDriverOptions(ipv4, ipv6, tunnels, where, tenants, portTenants);
    }

    /** @param ofPorts with {@link TenantMode#INTERFACE}, in the order of the ports */
    public XdpDriverOptions withTenants(TenantMode by, List<Integer> ofPorts) {
        return new XdpDriverOptions(ipv4, ipv6, tunnels, mode, by, ofPorts);
    }

    int portTenant(int port) {
        return port < portTenants.size() ? portTenants.get(port) : port + 1;
    }
}
