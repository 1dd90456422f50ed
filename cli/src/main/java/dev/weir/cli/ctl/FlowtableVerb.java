package dev.weir.cli.ctl;

import dev.weir.api.v1.ConfigureRequest;
import dev.weir.api.v1.ConfigureResponse;
import dev.weir.api.v1.GetCountersRequest;
import dev.weir.api.v1.GetCountersResponse;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.Port;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;
import java.util.List;

/**
 * {@code flowtable}: what the original's command did. {@code intf NAME} sends the interface's packets through the flow table, with
 * {@code disable} past it; what is not named stays untouched.
 */
final class FlowtableVerb extends Verb {
    private static final String MAX_FLOWS = "max-flows",
            INTERFACE = "intf",
            NEXT_NODE = "next-node",
            DISABLE = "disable";

    private static final Listing<Port> PORTS = new Listing<Port>()
            .text("INTERFACE", "interface", Port::getName)
            .flag("FLOWTABLE", "flow_table", Port::getFlowTable)
            .text("NEXT-NODE", "next_node", Port::getNextNode);

    FlowtableVerb(Streams streams) {
        super(
                streams,
                "flowtable",
                "Changes the flow table while packets flow, until the daemon ends or reads its file again.",
                "",
                "max-flows N makes room for so many flows of each family. intf NAME sends the interface's packets through "
                        + "the flow table, with disable past it; next-node NAME says where they go after it: a node, "
                        + "output, drop, or '' for the first node of their chain. Without words it shows what holds.");
        words("WORD", "0..*", "[max-flows N] [intf NAME] [next-node NAME] [disable]");
        examples(
                "  weir ctl flowtable",
                "  weir ctl flowtable max-flows 2000000",
                "  weir ctl flowtable intf eth0 next-node output",
                "  weir ctl flowtable intf eth0 disable");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        if (words().isEmpty()) {
            return show(session);
        }
        ConfigureResponse answer = session.client().flowTable().configure(request(words()));
        List<String> changes = answer.getChangesList();
        if (session.json()) {
            session.printLine(new Json().texts("changes", changes));
        } else {
            session.print(changes.isEmpty() ? "nothing is different\n" : String.join("\n", changes) + "\n");
        }
        return CommandException.DONE;
    }

    static ConfigureRequest request(List<String> words) throws CommandException {
        Words left = new Words(words);
        ConfigureRequest.Builder request = ConfigureRequest.newBuilder();
        boolean disable = false;
        while (!left.isEmpty()) {
            String name = left.take();
            switch (name) {
                case MAX_FLOWS ->
                    request.setMaxFlows((int) Words.number(name, left.valueOf(name, "1000000"), 1, Integer.MAX_VALUE));
                case INTERFACE -> request.setInterface(left.valueOf(name, "eth0"));
                case NEXT_NODE -> request.setNextNode(left.valueOf(name, "output"));
                case DISABLE -> disable = true;
                default ->
                    throw CommandException.usage("flowtable: '" + name
                            + "' is no word of it; give max-flows N, intf NAME, next-node NAME or disable");
            }
        }
        boolean named = !request.getInterface().isEmpty();
        if (!named && (disable || request.hasNextNode())) {
            throw CommandException.usage(
                    (disable ? DISABLE : NEXT_NODE) + ": of which interface? is missing; add intf NAME");
        }
        return named ? request.setEnabled(!disable).build() : request.build();
    }

    private static int show(Session session) throws IOException {
        GetCountersResponse counters =
                session.client().dataplane().getCounters(GetCountersRequest.getDefaultInstance());
        List<Port> ports = session.client()
                .dataplane()
                .listPorts(ListPortsRequest.getDefaultInstance())
                .getPortsList();
        session.printLine(
                session.json()
                        ? new Json().number("flows", counters.getFlows()).number("max_flows", counters.getMaxFlows())
                        : "flows " + Long.toUnsignedString(counters.getFlows()) + ", max-flows "
                                + Long.toUnsignedString(counters.getMaxFlows()));
        PORTS.print(session, ports);
        return CommandException.DONE;
    }
}
