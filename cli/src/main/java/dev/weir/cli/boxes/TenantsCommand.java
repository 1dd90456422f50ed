package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.wire.linux.PacketPort;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir tenants}. */
public final class TenantsCommand extends BoxCommand {
    private static final String LOCAL = "--local",
            LOCAL_MAC = "--local-mac",
            REMOTE = "--remote",
            REMOTE_MAC = "--remote-mac",
            VNI = "--vni",
            SERVER = "--server",
            TENANT = "--tenant",
            TENANT_MAC = "--tenant-mac",
            GATEWAY_MAC = "--gateway-mac",
            SOURCE_PORT = "--source-port",
            PORT = "--port",
            SIZE = "--size",
            FLOWS = "--flows",
            SKEW = "--skew",
            DRIFT = "--drift",
            RATE = "--rate",
            COUNT = "--count",
            WAIT = "--wait",
            SEED = "--seed";
    private static final int MOST_FLOWS = 1 << 24, MOST_VNI = (1 << 24) - 1, MOST_OCTETS = 8900, MOST_PORT = 0xFFFF;

    private TenantsCommand(Streams streams) {
        super(
                streams,
                "tenants",
                new String[] {
                    "Tenants behind a VXLAN router: sends UDP to servers, and counts what is answered and what is lost.",
                    "",
                    "One packet, as long as neither " + COUNT + " nor " + DURATION
                            + " says otherwise. Tenants of all VNIs have equal"
                            + " addresses. Status 1 when nothing was answered, 130 when interrupted.",
                },
                "  sudo weir tenants dc_sswitch --local 10.0.0.1 --remote 10.0.0.254 --remote-mac 02:00:00:00:00:5e --print 2",
                "  sudo weir tenants dc_sswitch --local 10.0.0.1 --remote 10.0.0.254 --remote-mac 02:00:00:00:00:5e \\",
                "    --vni 100,200,300 --flows 100000 --skew 1 --drift 100 --rate 50000 --duration 1m");
        BoxOptions.add(spec, "ADDRESS", "The router's end of the tunnel.", LOCAL);
        BoxOptions.add(spec, "MAC", "Outer Ethernet source. Default: the interface's.", LOCAL_MAC);
        BoxOptions.add(spec, "ADDRESS", "The gateway's end of the tunnel.", REMOTE);
        BoxOptions.add(spec, "MAC", "Outer Ethernet destination.", REMOTE_MAC);
        BoxOptions.add(spec, "N,...", "Networks of the tenants. Default: 100.", VNI);
        BoxOptions.add(spec, "ADDRESS,...", "Servers. Default: 1.1.1.1.", SERVER);
        BoxOptions.add(
                spec, "ADDRESS", "The first tenant. Default: 192.168.0.1, or fd00:c0a8::1 to IPv6 servers.", TENANT);
        BoxOptions.add(spec, "MAC", "Ethernet address of tenants. Default: 02:00:00:00:01:01.", TENANT_MAC);
        BoxOptions.add(spec, "MAC", "Inner Ethernet destination. Default: 02:00:00:00:00:fe.", GATEWAY_MAC);
        BoxOptions.add(spec, "PORT", "UDP source port. Default: 12345.", SOURCE_PORT);
        BoxOptions.add(spec, "PORT", "UDP destination port. Default: 1000.", PORT);
        BoxOptions.add(spec, "OCTETS", "UDP payload, 32 or more. Default: 64.", SIZE);
        BoxOptions.add(spec, "N", "Flows at a time, each of a tenant of its own. Default: 1.", FLOWS);
        BoxOptions.add(spec, "S", "Zipf exponent of how packets are shared among flows. Default: 0, all alike.", SKEW);
        BoxOptions.add(spec, "N", "So many flows a second end, and others take their place. Default: 0.", DRIFT);
        BoxOptions.add(spec, "N", "Packets a second. Default: 1000.", RATE);
        BoxOptions.add(spec, "N", "Send N packets. Default: 1, or no limit with " + DURATION + ".", COUNT);
        BoxOptions.add(spec, "T", "Wait so long for the last answers. Default: 1s.", WAIT);
        BoxOptions.add(spec, "N", "Draw with this seed. Default: 1.", SEED);
        addCommon();
    }

    /** Its syntax. */
    public static CommandSpec spec(Streams streams) {
        return new TenantsCommand(streams).spec();
    }

    @Override
    Box box(PacketPort port, FrameText text) throws CommandException {
        Vtep local = new Vtep(
                BoxOptions.address(LOCAL, options.required(LOCAL, "the router's end of the tunnel")),
                options.mac(LOCAL_MAC, port.macAddress()));
        Vtep remote = new Vtep(
                BoxOptions.address(REMOTE, options.required(REMOTE, "the gateway's end of the tunnel")),
                BoxOptions.mac(REMOTE_MAC, options.required(REMOTE_MAC, "the gateway's Ethernet address")));
        if (remote.address().family() != local.address().family()) {
            throw CommandException.usage(REMOTE + ": is of another family than " + LOCAL + "; give both of one");
        }
        boolean forLong = options.text(DURATION) != null;
        TenantFlows flows = new TenantFlows(
                (int) options.number(FLOWS, 1, 1, MOST_FLOWS),
                options.decimal(SKEW, 0, 10),
                options.decimal(DRIFT, 0, 1e9),
                options.number(SEED, 1, 0, Long.MAX_VALUE / 10));
        return new Tenants(
                shape(),
                flows,
                local,
                remote,
                Math.max(options.decimal(RATE, 1000, 100_000_000), 0.001),
                options.number(COUNT, forLong ? Long.MAX_VALUE : 1, 1, Long.MAX_VALUE / 10),
                options.time(DURATION, "never"),
                options.time(WAIT, "1s"),
                text);
    }

    private TenantShape shape() throws CommandException {
        List<IpPrefix> servers = options.addresses(SERVER, "1.1.1.1");
        int family = servers.getFirst().family();
        String first = options.text(TENANT);
        IpPrefix tenant =
                BoxOptions.address(TENANT, first != null ? first : family == 4 ? "192.168.0.1" : "fd00:c0a8::1");
        for (IpPrefix each : servers) {
            if (each.family() != tenant.family()) {
                throw CommandException.usage(SERVER + ": is of another family than tenants; give all of one");
            }
        }
        return new TenantShape(
                options.numbers(VNI, "100", 0, MOST_VNI),
                servers,
                tenant,
                options.mac(TENANT_MAC, 0x0200_0000_0101L),
                options.mac(GATEWAY_MAC, 0x0200_0000_00FEL),
                (int) options.number(SOURCE_PORT, 12345, 0, MOST_PORT),
                (int) options.number(PORT, 1000, 0, MOST_PORT),
                (int) options.number(SIZE, 64, Tenants.LEAST_OCTETS, MOST_OCTETS));
    }

    @Override
    long mostNanos() {
        return Long.MAX_VALUE; // it ends by itself, after it has waited for the last answers
    }

    @Override
    String running(Box box) {
        return "sends";
    }

    @Override
    int status(Box box, boolean interrupted, PrintStream err) {
        if (interrupted) return CommandException.INTERRUPTED;
        if (((Tenants) box).wasAnswered()) return CommandException.DONE;
        err.println("weir: tenants: nothing was answered; is the gateway running, and does it know the server?");
        return CommandException.FAILED;
    }
}
