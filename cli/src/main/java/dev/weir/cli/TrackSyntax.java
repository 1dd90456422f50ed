package dev.weir.cli;

import dev.weir.export.ExportPlace;
import dev.weir.export.TopSink;
import dev.weir.export.ipfix.CollectorAddress;
import dev.weir.export.kafka.KafkaTopic;
import dev.weir.packet.TunnelMode;
import dev.weir.table.TcpLifetimes;
import dev.weir.table.TenantMode;
import dev.weir.table.feature.FeatureSet;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * What can be said to {@code weir track}, in the order of its help. Built by picocli's model and not by its annotations: to read the
 * first annotation the JVM makes a proxy class for each of their types, which the ahead-of-time cache does not keep, and that took
 * 30 ms of every start.
 */
final class TrackSyntax {
    private TrackSyntax() {}

    static CommandSpec of(TrackCommand command) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name("track");
        spec.usageMessage()
                .description("Prints the flows of captures, or of an interface.")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  weir track capture.pcap",
                        "  weir track --where 'dst_port in {80, 443} && bytes > 1M && src in 10.0.0.0/8' capture.pcap",
                        "  weir track -f 'tcp port 443' --top 10 --by bytes captures/ -w top.csv",
                        "  zcat old.pcap.gz | weir track --idle-timeout 5m --format json -",
                        "  weir track --features sizes,iat,first-packets:20 capture.pcap -w features.csv",
                        "  weir track eth0 --export udp://192.0.2.9:4739",
                        "  weir track capture.pcap --export kafka://192.0.2.9:9092/flows?format=protobuf",
                        "  weir track eth0 --events --duration 1m",
                        "  weir track eth0 --web");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("SOURCE")
                .arity("1..*")
                .required(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("pcap or pcapng files, plain, gzip or zstd; folders of them; - for standard input. "
                        + "Several are one stream ordered by time. Or an interface, for live capture. Or files of IPFIX, "
                        + "NetFlow v9 or v5 messages, whose records are taken as they are.")
                .build());
        addPlaces(spec);
        addTable(spec);
        addFeatures(spec);
        addReport(spec);
        return spec.addOption(
                flag("Show this help.", "-h", "--help").usageHelp(true).build());
    }

    private static void addPlaces(CommandSpec spec) {
        add(spec, "EXPR", String.class, "Only packets that match this tcpdump filter expression.", "-f", "--filter");
        addOutput(spec);
    }

    /** Which records, and where to. */
    static void addOutput(CommandSpec spec) {
        add(
                spec,
                "EXPR",
                String.class,
                "Only flows that match this expression over the record's columns; docs/filters.md describes it.",
                "--where");
        add(
                spec,
                "FILE",
                String.class,
                "Write there; the suffix (.csv .jsonl .json .ipfix .parquet .duckdb .log) gives the format. Default: standard output.",
                "-w",
                "--output");
        add(
                spec,
                "FORMAT",
                OutputFormat.class,
                "table, csv, json, ipfix, parquet, duckdb, zeek or none. Default: table on a terminal, csv elsewhere.",
                "--format");
        spec.addOption(option(
                        "PLACE",
                        List.class,
                        "Send records there: as IPFIX or NetFlow v9 to udp://HOST:PORT or tcp://HOST:PORT, with ?version=9 and"
                                + " other options, which docs/ipfix.md has; as messages to kafka://HOST:PORT,HOST:PORT/TOPIC, with"
                                + " ?format=protobuf and others, which docs/kafka.md has; with ?digests=true what makes flows of the"
                                + " packets in place of records, for jobs of weir cluster. Several may be given.",
                        "--export")
                .arity("1")
                .auxiliaryTypes(ExportPlace.class)
                .converters((ITypeConverter<ExportPlace>) TrackSyntax::place)
                .build());
    }

    private static ExportPlace place(String text) {
        try {
            return KafkaTopic.isMeant(text) ? KafkaTopic.parse(text) : CollectorAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static void addTable(CommandSpec spec) {
        ITypeConverter<?> lifetime = new Durations.LifetimeConverter();
        spec.addOption(option(
                        "T",
                        int.class,
                        "A flow without a packet for so long has ended: seconds, 250ms, 90s, 5m, 1h, never. Default: 60s.",
                        "--idle-timeout")
                .converters(lifetime)
                .build());
        spec.addOption(
                option("T", int.class, "Report flows that last longer in pieces. Default: never.", "--active-timeout")
                        .converters(lifetime)
                        .build());
        spec.addOption(option(
                        "STATE=T,...",
                        TcpLifetimes.class,
                        "Idle timeouts by TCP state. "
                                + "Default: START=60,SYN=15,SYN-ACK=60,ESTABLISHED=299,FIN=15,FIN-ACK=3,RST=6.",
                        "--tcp-timeouts")
                .converters(new Durations.TcpLifetimesConverter())
                .build());
        addFlag(
                spec,
                "TCP state neither shortens a timeout nor begins a new flow: one idle timeout for all.",
                "--no-tcp-close");
        add(
                spec,
                "N",
                int.class,
                "How many flows of each address family are held at a time. Default: 1000000.",
                "--max-flows");
        add(
                spec,
                "N",
                int.class,
                "Threads that track; the records do not depend on it. Default: one a core.",
                "--workers");
        add(
                spec,
                "outer|inner",
                TunnelMode.class,
                "Whose headers make the key of a tunnelled packet. Default: outer.",
                "--tunnels");
        add(
                spec,
                "MODE",
                TenantMode.class,
                "What separates address spaces: none, vlan, vni or interface. Default: none.",
                "--tenant");
    }

    private static void addFeatures(CommandSpec spec) {
        spec.addOption(option(
                        "NAME,...",
                        FeatureSet.class,
                        "Statistics of every flow for classifiers, as more columns: all, sizes, payload, iat, activity, flags, "
                                + "headers, rates, bulk, subflows, windows, first-packets[:N], history; "
                                + "docs/features.md defines them.",
                        "--features")
                .converters(new FeaturesConverter())
                .build());
    }

    /** Says what is wrong as the set does. */
    private static final class FeaturesConverter implements ITypeConverter<FeatureSet> {
        @Override
        public FeatureSet convert(String text) {
            try {
                return FeatureSet.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    private static void addReport(CommandSpec spec) {
        addFlag(spec, "A line for every created and ended flow instead of records.", "--events");
        addFlag(
                spec,
                "Show flows on a web page of this machine, http://127.0.0.1:8080/, until it is interrupted; nothing is printed.",
                "--web");
        add(spec, "N", Integer.class, "The port of that page. Default: 8080.", "--web-port");
        addTop(spec);
        add(spec, "N", Long.class, "Stop after N packets.", "--count");
        spec.addOption(option("T", Integer.class, "Stop after that time of live capture.", "--duration")
                .converters(new Durations.LifetimeConverter())
                .build());
        add(
                spec,
                "N",
                Long.class,
                "Fix the secret of the hash, for runs that must repeat exactly. Default: a random one.",
                "--hash-seed");
        addColor(spec);
        addFlag(spec, "No progress bar, not even on a terminal.", "--no-progress");
        addFlag(spec, "Print stack traces of errors.", "--debug");
    }

    static void addTop(CommandSpec spec) {
        add(spec, "N", Integer.class, "Only the N largest flows.", "--top");
        add(
                spec,
                "WHAT",
                TopSink.By.class,
                "What makes a flow large: bytes, packets, rate or duration. Default: bytes.",
                "--by");
        addFlag(spec, "Print the counters at the end, on standard error.", "--stats");
    }

    static void addColor(CommandSpec spec) {
        spec.addOption(option(
                        "WHEN",
                        ColorMode.class,
                        "auto, always or never. Default: auto, unless NO_COLOR is set.",
                        "--color")
                .arity("0..1")
                .fallbackValue("always")
                .build());
    }

    static void add(CommandSpec spec, String label, Class<?> type, String description, String... names) {
        spec.addOption(option(label, type, description, names).build());
    }

    static void addFlag(CommandSpec spec, String description, String name) {
        spec.addOption(flag(description, name).build());
    }

    static OptionSpec.Builder option(String label, Class<?> type, String description, String... names) {
        return OptionSpec.builder(names).paramLabel(label).type(type).description(description);
    }

    /** An option with a value. */
    static OptionSpec text(String label, Class<?> type, String description, String... names) {
        return option(label, type, description, names).build();
    }

    /** An option without a value. */
    static OptionSpec.Builder flag(String description, String... names) {
        return OptionSpec.builder(names).arity("0").type(boolean.class).description(description);
    }
}
