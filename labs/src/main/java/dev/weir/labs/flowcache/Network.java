package dev.weir.labs.flowcache;

import dev.weir.labs.Host;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The namespaces of the original and who lives behind them: tenants whose only interface is a VXLAN device of the data centre's kernel, servers with an IP stack.
 *
 * <pre>
 * t1 t2 t3 (VNI 100 200 300) ─ datacenter ─ sswitch ─ otr
 * t4 (VNI 3000 over IPv6) ─────────┘           │
 *                                           servers ─ s2 (VLAN 10), other (VLAN 20)
 * </pre>
 */
final class Network {
    static final String DC_MAC = "02:00:00:00:00:0d",
            SWITCH_MAC = "02:00:00:00:00:5e",
            GATEWAY_MAC = "02:00:00:00:00:fe";
    static final String TENANT_MAC = "02:00:00:00:01:01";
    static final String DC = "10.0.0.1",
            GATEWAY = "10.0.0.254",
            S1 = "1.1.1.1",
            S2 = "2.2.2.2",
            S1_IPV6 = "2001:db8::1",
            S2_IPV6 = "2001:db8::2",
            DC_IPV6 = "fd00:d::1",
            GATEWAY_IPV6 = "fd00:d::fe";

    /** Of every tenant. */
    static final String TENANT = "192.168.0.1", TENANT_IPV6 = "fd00:c0a8::1";

    private static final String S2_MAC = "02:00:00:00:02:02";

    final Host datacenter, servers, otr, sswitch, t1, t2, t3, t4, s2, other;
    private final Testbed bed;

    Network(Testbed bed) throws IOException, InterruptedException {
        this.bed = bed;
        datacenter = bed.host("datacenter");
        servers = bed.host("servers");
        otr = bed.host("otr");
        sswitch = bed.host("sswitch");
        t1 = bed.host("t1");
        t2 = bed.host("t2");
        t3 = bed.host("t3");
        t4 = bed.host("t4");
        s2 = bed.host("s2");
        other = bed.host("other");
        bed.cable(datacenter, "dc_sswitch", sswitch, "sswitch_dc");
        bed.cable(otr, "otr_sswitch", sswitch, "sswitch_otr");
        bed.cable(servers, "servers_sswitch", sswitch, "sswitch_server");
        for (String device : List.of("sswitch_dc", "sswitch_otr", "sswitch_server")) quiet(sswitch, device);
        quiet(otr, "otr_sswitch");
        quiet(servers, "servers_sswitch");
        tunnels();
        server(s2, "s2");
        server(other, "other");
        copyPrograms();
    }

    /** The router: one VXLAN device a tenant, which is the tenant's interface and sends by the router's. */
    private void tunnels() throws IOException, InterruptedException {
        datacenter.ip("link", "set", "dc_sswitch", "address", DC_MAC);
        quiet(datacenter, "dc_sswitch");
        datacenter.address("dc_sswitch", DC + "/24");
        datacenter.ip("neigh", "replace", GATEWAY, "lladdr", SWITCH_MAC, "dev", "dc_sswitch");
        datacenter.address("dc_sswitch", DC_IPV6 + "/64");
        datacenter.ip("neigh", "replace", GATEWAY_IPV6, "lladdr", SWITCH_MAC, "dev", "dc_sswitch");
        tunnel(t1, 100, 1450, DC, GATEWAY);
        tunnel(t2, 200, 1450, DC, GATEWAY);
        tunnel(t3, 300, 1450, DC, GATEWAY);
        // over IPv6 without checksums of UDP, as the gateway sends them
        tunnel(t4, 3000, 1430, DC_IPV6, GATEWAY_IPV6, "udp6zerocsumrx", "udp6zerocsumtx");
    }

    private void tunnel(Host tenant, int vni, int mtu, String local, String remote, String... options)
            throws IOException, InterruptedException {
        String device = "vx" + vni;
        List<String> words = new ArrayList<>(List.of("link", "add", device, "address", TENANT_MAC));
        words.addAll(List.of("mtu", Integer.toString(mtu), "type", "vxlan", "id", Integer.toString(vni)));
        words.addAll(List.of("local", local, "remote", remote, "dev", "dc_sswitch", "dstport", "4789", "nolearning"));
        words.addAll(List.of(options));
        datacenter.ip(words.toArray(new String[0]));
        datacenter.ip("link", "set", device, "netns", tenant.namespace());
        quiet(tenant, device);
        tenant.ip("link", "set", device, "up");
        tenant.address(device, TENANT + "/24").address(device, TENANT_IPV6 + "/64");
        way(tenant, device, "192.168.0.254", "1.1.1.1/32", "2.2.2.2/32");
        way(tenant, device, "fd00:c0a8::fe", "2001:db8::/64");
    }

    /** A server with a stack, at an access port of the servers' namespace. Its interface takes more than the tunnel does. */
    private void server(Host host, String port) throws IOException, InterruptedException {
        bed.cable(host, "eth0", servers, port);
        host.ip("link", "set", "eth0", "address", S2_MAC);
        quiet(host, "eth0");
        quiet(servers, port);
        host.address("eth0", S2 + "/24").address("eth0", S2_IPV6 + "/64");
        way(host, "eth0", "2.2.2.254", "192.168.0.0/16");
        way(host, "eth0", "2001:db8::fe", "fd00:c0a8::/64");
    }

    private static void way(Host host, String device, String gateway, String... destinations)
            throws IOException, InterruptedException {
        host.ip("neigh", "replace", gateway, "lladdr", GATEWAY_MAC, "nud", "permanent", "dev", device);
        for (String destination : destinations) {
            host.ip("route", "add", destination, "via", gateway, "dev", device, "onlink");
        }
    }

    /** Its kernel computes checksums itself, sends no super-packets, and says nothing by itself. */
    private static void quiet(Host host, String device) throws IOException, InterruptedException {
        host.offload(device, "off", "tx", "tso", "gso", "gro");
        host.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/" + device + "/addr_gen_mode");
        host.run("sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/" + device + "/router_solicitations");
    }

    /** Puts the programs where the configurations look for them. */
    private void copyPrograms() throws IOException {
        for (String folder : List.of("flow-cache", "vlan-access", "include")) {
            Path from = Testbed.ofProject("examples/p4/" + folder);
            Path to = Files.createDirectories(bed.folder().resolve(folder));
            try (var files = Files.list(from)) {
                for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        bed.write("access.txt", bed.resource("access.txt"));
        bed.write("wide.txt", bed.resource("wide.txt"));
        bed.write("ask.py", bed.resource("ask.py"));
        bed.write("forge.py", bed.resource("forge.py"));
        bed.write("stream.py", bed.resource("stream.py"));
    }
}
