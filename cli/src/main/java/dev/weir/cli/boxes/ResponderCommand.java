package dev.weir.cli.boxes;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.wire.linux.PacketPort;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir responder}. */
public final class ResponderCommand extends BoxCommand {
    private static final String VLAN = "--vlan", ADDRESS = "--address", COUNT = "--count";

    private ResponderCommand(Streams streams) {
        super(
                streams,
                "responder",
                new String[] {
                    "Servers that answer: sends each UDP datagram and ICMP echo request back to where it came from.",
                    "",
                    "Ethernet and IP addresses and ports are swapped, VLAN tags stay, the time to live is 64. IPv4 and IPv6;"
                            + " everything else is left alone. SIGTERM and SIGINT end it.",
                },
                "  sudo weir responder servers_sswitch",
                "  sudo weir responder eth1 --vlan 10,11 --address 1.1.1.1,2001:db8::1 --print 10");
        BoxOptions.add(spec, "ID,...", "Only frames of these VLANs, 0 for those without a tag. Default: all.", VLAN);
        BoxOptions.add(spec, "ADDRESS,...", "Only packets to these addresses. Default: all.", ADDRESS);
        BoxOptions.add(spec, "N", "End after N answers. Default: never.", COUNT);
        addCommon();
    }

    /** Its syntax. */
    public static CommandSpec spec(Streams streams) {
        return new ResponderCommand(streams).spec();
    }

    @Override
    Box box(PacketPort port, FrameText text) throws CommandException {
        Set<Integer> vlans = options.text(VLAN) == null ? Set.of() : new HashSet<>(options.numbers(VLAN, "", 0, 4094));
        long most = options.number(COUNT, Long.MAX_VALUE, 1, Long.MAX_VALUE / 10);
        return new Responder(vlans, options.addresses(ADDRESS, ""), most, text);
    }

    @Override
    String running(Box box) {
        return "answers UDP and ICMP echo";
    }

    @Override
    int status(Box box, boolean interrupted, PrintStream err) {
        return CommandException.DONE;
    }
}
