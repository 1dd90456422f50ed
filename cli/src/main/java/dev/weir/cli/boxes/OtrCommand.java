package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.Quantities;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.wire.linux.PacketPort;
import java.io.PrintStream;
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
                            + " RFC 7348 reserves, so that a gateway learns from it. Associations come from a file, or are made by a rule when"
                            + " a destination is first seen. An entry takes 73 octets. SIGTERM and SIGINT end it.",
                },
                "  sudo weir otr otr_sswitch --local 10.0.0.254 --vni-per-vlan 10 --remote 10.0.0.1 \\",
                "    --remote-mac 02:00:00:00:00:0d --inner-mac 02:00:00:00:01:01",
                "  sudo weir otr eth1 --local 10.0.0.254 --associations tenants.txt --max-associations 10000000");
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
        if (rule == null && file == null) {
            throw CommandException.usage("otr: it knows nothing; give " + ASSOCIATIONS + " or " + RULE);
        }
        long most = options.number(COUNT, Long.MAX_VALUE, 1, Long.MAX_VALUE / 10);
        long gateway = options.mac(GATEWAY_MAC, 0x0200_0000_00FEL);
        Associations associations = new Associations((int) options.number(MAX, 1_000_000, 1, MOST));
        try {
            if (file != null) AssociationFile.read(file, local.address().family(), associations);
        } catch (CommandException | RuntimeException e) {
            associations.close();
            throw e;
        }
        return new Otr(associations, rule, local, gateway, options.has(WIDE), most, text);
    }

    private Otr.@Nullable Rule rule(Vtep local) throws CommandException {
        if (options.text(RULE) == null) {
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
