package dev.weir.cli;

import dev.weir.export.ipfix.CollectorAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code weir collect}: listens for IPFIX and NetFlow, and writes the records as {@code weir track} does. */
final class CollectCommand implements Callable<Integer> {
    private static final String UDP = "udp://", TCP = "tcp://";

    private final CommandSpec spec;
    private final Streams streams;

    CollectCommand(Streams streams) {
        this.streams = streams;
        this.spec = syntax(this);
    }

    CommandSpec spec() {
        return spec;
    }

    private static CommandSpec syntax(CollectCommand command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name("collect");
        spec.usageMessage()
                .description("Listens for IPFIX, NetFlow v9 and v5, and writes the flow records that arrive.")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  weir collect",
                        "  weir collect 127.0.0.1:9995 -w flows.csv --duration 1h",
                        "  weir collect udp://[::1]:2055 tcp://[::1]:4739 --where 'bytes > 1M' --format json",
                        "  weir collect --export udp://192.0.2.9:2055?version=9");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("ADDRESS:PORT")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(
                        "Where to listen: for datagrams and connections, or after udp:// or tcp:// for one of them. "
                                + "Default: ports 4739 and 2055 of all addresses.")
                .build());
        TrackSyntax.addOutput(spec);
        TrackSyntax.addTop(spec);
        TrackSyntax.add(spec, "N", Long.class, "Stop after N records.", "--count");
        spec.addOption(TrackSyntax.option("T", Integer.class, "Stop after that time.", "--duration")
                .converters(new Durations.LifetimeConverter())
                .build());
        TrackSyntax.addColor(spec);
        TrackSyntax.addFlag(spec, "Print stack traces of errors.", "--debug");
        return spec.addOption(TrackSyntax.flag("Show this help.", "-h", "--help")
                .usageHelp(true)
                .build());
    }

    @Override
    public Integer call() throws CommandException {
        var said = spec.commandLine().getParseResult();
        TrackCommand options = new TrackCommand(streams);
        options.listens = true;
        options.read(said);
        List<RecordRun.Place> places = places(options.sources);
        options.sources = List.of();
        options.checkRanges();
        options.checkOutput();
        TrackRun outputs = new TrackRun(options, streams);
        outputs.checkExports();
        try {
            return new RecordRun(options, streams, outputs).listen(places);
        } catch (Output.Failure e) {
            if (e.readerGone) {
                return CommandException.DONE;
            }
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<RecordRun.Place> places(List<String> written) throws CommandException {
        List<RecordRun.Place> places = new ArrayList<>();
        if (written.isEmpty()) {
            InetSocketAddress ipfix = new InetSocketAddress(CollectorAddress.IPFIX_PORT);
            places.add(new RecordRun.Place(false, ipfix));
            places.add(new RecordRun.Place(true, ipfix));
            places.add(new RecordRun.Place(false, new InetSocketAddress(CollectorAddress.NETFLOW_PORT)));
        }
        for (String text : written) {
            String lower = text.toLowerCase(Locale.ROOT);
            boolean udp = lower.startsWith(UDP), tcp = lower.startsWith(TCP);
            InetSocketAddress address = address(text, udp || tcp ? text.substring(UDP.length()) : text);
            if (!tcp) {
                places.add(new RecordRun.Place(false, address));
            }
            if (!udp) {
                places.add(new RecordRun.Place(true, address));
            }
        }
        return places;
    }

    private static InetSocketAddress address(String text, String place) throws CommandException {
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? "" : place.substring(0, colon), port = place.substring(colon + 1);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        boolean plain = !host.contains(":") && !host.contains("/");
        if (!(brackets || plain) || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            throw CommandException.usage(text
                    + ": no place to listen; write ADDRESS:PORT, [ADDRESS]:PORT or PORT, after udp:// or tcp:// for one"
                    + " of them");
        }
        int number = Integer.parseInt(port);
        if (host.isEmpty() || host.equals("*")) {
            return new InetSocketAddress(number);
        }
        try {
            return new InetSocketAddress(
                    InetAddress.getByName(brackets ? host.substring(1, host.length() - 1) : host), number);
        } catch (UnknownHostException e) {
            throw CommandException.failed(text + ": no such host; give an address of this machine", e);
        }
    }
}
