package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.Quantities;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.table.match.MatchTable;
import dev.weir.wire.linux.PacketPort;
import java.io.PrintStream;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir otr}. */
public final class OtrCommand extends BoxCommand {
    private static final String LOCAL = "--local",
            LOCAL_MAC = "--local-mac",
            ASSOCIATIONS = "--associations",
            MAX = "--max-associations",
            RULE = "--vni-per-vlan",
            REMOTE = "--remote",
            REMOTE_MAC = "--remote-mac",
            INNER_MAC = "--inner-mac",
            GATEWAY_MAC = "--gateway-mac",
            LEARN = "--learn",
            VLANS = "--vlan",
            LIFETIME = "--learnt-lifetime",
            WIDE = "--wide-vlan",
            COUNT = "--count";
    private static final long MOST = 250_000_000, MOST_VNI = (1 << 24) - 1;

    private OtrCommand(Streams streams) {
        super(
                streams,
                "otr",
                new String[] {
                    "The device with the very large table: encapsulates packets of VLANs in VXLAN, by destination and VLAN.",
                    "",
                    "Each comes back by the interface that it came in, with its VLAN in the last octet of the VXLAN header, which"
                            + " RFC 7348 reserves, so that a gateway learns from it. Associations come from a file, are made by a rule when"
                            + " a destination is first seen, or are learnt of VXLAN packets to the gateway of which it gets copies: the inner"
                            + " source is where the packet is from. An entry takes 73 octets, 81 with --learn. SIGTERM and SIGINT end it.",
                },
                "  sudo weir otr otr_sswitch --local 10.0.0.254 --vni-per-vlan 10 --remote 10.0.0.1 \\",
                "    --remote-mac 02:00:00:00:00:0d --inner-mac 02:00:00:00:01:01",
                "  sudo weir otr eth1 --local 10.0.0.254 --associations tenants.txt --max-associations 10000000",
                "  sudo weir otr eth1 --local 10.0.0.254 --learn --vlan 100=10,200=20 --max-associations 10000000");
        BoxOptions.add(spec, "ADDRESS", "The gateway's end of the tunnel: the outer source.", LOCAL);
        BoxOptions.add(spec, "MAC", "Outer Ethernet source. Default: the interface's.", LOCAL_MAC);
        BoxOptions.add(
                spec,
                "FILE",
                "Associations, a line each: VLAN DESTINATION[/LENGTH] VNI REMOTE REMOTE-MAC INNER-MAC.",
                ASSOCIATIONS);
        BoxOptions.add(spec, "N", "How many associations there can be. Default: 1000000.", MAX);
        BoxOptions.add(spec, "N", "Rule: destinations that are unknown are in VNI N times their VLAN.", RULE);
        BoxOptions.add(spec, "ADDRESS", "Rule: the far end of the tunnel.", REMOTE);
        BoxOptions.add(spec, "MAC", "Rule: its Ethernet address.", REMOTE_MAC);
        BoxOptions.add(spec, "MAC", "Rule: the destination's Ethernet address.", INNER_MAC);
        BoxOptions.add(spec, "MAC", "Inner Ethernet source. Default: 02:00:00:00:00:fe.", GATEWAY_MAC);
        spec.addOption(Options.flag(
                "Learn of VXLAN packets that come in; what a file or a rule says is not changed by that.", LEARN));
        BoxOptions.add(
                spec, "VNI=VLAN,...", "With --learn: the VLAN of each network. Default: by --vni-per-vlan.", VLANS);
        BoxOptions.add(
                spec,
                "T",
                "With --learn: how long an association is kept after its last packet: 90s, 5m. Default: 5m.",
                LIFETIME);
        spec.addOption(Options.flag(
                "Name the VLAN in 12 bits: the upper 4 are the last of the 24 reserved bits before the VNI.", WIDE));
        BoxOptions.add(spec, "N", "End after N answers. Default: never.", COUNT);
        addCommon();
    }

    /** Its syntax. */
    public static CommandSpec spec(Streams streams) {
        return new OtrCommand(streams).spec();
    }

    @Override
    Box box(PacketPort port, FrameText text) throws CommandException {
        Vtep local = new Vtep(
                BoxOptions.address(LOCAL, options.required(LOCAL, "the gateway's end of the tunnel")),
                options.mac(LOCAL_MAC, port.macAddress()));
        Otr.Rule rule = rule(local);
        String file = options.text(ASSOCIATIONS);
        TunnelLessons.Vlans vlans = vlans();
        if (rule == null && file == null && vlans == null) {
            throw CommandException.usage("otr: it knows nothing; give " + ASSOCIATIONS + ", " + RULE + " or " + LEARN);
        }
        long lifetime = Math.min(options.time(LIFETIME, "5m"), MatchTable.MAX_LIFETIME);
        if (lifetime == 0) throw CommandException.usage(LIFETIME + ": nothing would be kept; give a second or more");
        long most = options.number(COUNT, Long.MAX_VALUE, 1, Long.MAX_VALUE / 10);
        long gateway = options.mac(GATEWAY_MAC, 0x0200_0000_00FEL);
        Associations associations = new Associations((int) options.number(MAX, 1_000_000, 1, MOST), vlans != null);
        try {
            if (file != null) AssociationFile.read(file, local.address().family(), associations);
        } catch (CommandException | RuntimeException e) {
            associations.close();
            throw e;
        }
        TunnelLessons lessons = vlans == null ? null : new TunnelLessons(associations, local, vlans, lifetime);
        return new Otr(associations, rule, lessons, local, gateway, options.has(WIDE), most, text);
    }

    /** What --learn goes by; null where it is not to learn. */
    private TunnelLessons.@Nullable Vlans vlans() throws CommandException {
        String said = options.text(VLANS);
        if (!options.has(LEARN)) {
            for (String option : new String[] {VLANS, LIFETIME}) {
                if (options.text(option) != null) {
                    throw CommandException.usage(option + ": is for learning; give " + LEARN + " too, or leave it out");
                }
            }
            return null;
        }
        if (said == null) {
            if (options.text(RULE) == null) {
                throw CommandException.usage(
                        LEARN + ": of which VLAN a network is must be known; give " + VLANS + " or " + RULE);
            }
            return TunnelLessons.Vlans.times((int) options.number(RULE, 1, 1, MOST_VNI));
        }
        SortedMap<Integer, Integer> vlans = new TreeMap<>();
        for (String pair : said.split(",", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0)
                throw CommandException.usage(VLANS + ": '" + pair + "' is no VNI=VLAN; give one like 100=10");
            int vni = (int) BoxOptions.number(VLANS, pair.substring(0, equals), 0, MOST_VNI);
            int vlan = (int) BoxOptions.number(VLANS, pair.substring(equals + 1), 1, TunnelLessons.Vlans.MOST_VLAN);
            if (vlans.put(vni, vlan) != null) {
                throw CommandException.usage(VLANS + ": VNI " + vni + " is there twice; give it once");
            }
        }
        return TunnelLessons.Vlans.these(vlans);
    }

    private Otr.@Nullable Rule rule(Vtep local) throws CommandException {
        boolean isForLearning = options.has(LEARN) && options.text(REMOTE) == null;
        if (options.text(RULE) == null || isForLearning) {
            for (String option : new String[] {REMOTE, REMOTE_MAC, INNER_MAC}) {
                if (options.text(option) != null) {
                    throw CommandException.usage(
                            option + ": is part of a rule; give " + RULE + " too, or leave it out");
                }
            }
            return null;
        }
        int times = (int) options.number(RULE, 0, 1, MOST_VNI);
        Vtep to = new Vtep(
                BoxOptions.address(REMOTE, options.required(REMOTE, "the far end of the tunnel")),
                BoxOptions.mac(REMOTE_MAC, options.required(REMOTE_MAC, "the far end's Ethernet address")));
        if (to.address().family() != local.address().family()) {
            throw CommandException.usage(REMOTE + ": is of another family than " + LOCAL + "; give both of one");
        }
        return new Otr.Rule(
                times,
                to,
                BoxOptions.mac(INNER_MAC, options.required(INNER_MAC, "the destination's Ethernet address")));
    }

    @Override
    String running(Box box) {
        Associations table = ((Otr) box).associations();
        return table.size() + " associations, room for " + table.capacity() + " in " + Quantities.bytes(table.bytes());
    }

    @Override
    int status(Box box, boolean interrupted, PrintStream err) {
        return CommandException.DONE;
    }
}
