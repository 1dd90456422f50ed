package dev.weir.server.config;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.Scheduling;
import dev.weir.export.ExportPlace;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a file says, defaults filled in; immutable. Made by {@link ConfigurationFile}.
 *
 * @param graph nodes, chains, tenants, the flow table, workers
 * @param ports what the graph's ports are made of, by name, in order
 * @param pin the processors of the workers, in order; empty where the kernel chooses
 * @param isolate whether other programs are kept off those
 * @param scheduling how workers share their processors
 * @param records where records of flows go, if anywhere
 * @param export collectors and topics that get records, by name, in order
 * @param api who reaches the API, and how; empty where there is none
 * @param p4runtime who reaches the programs by P4Runtime; empty where nobody does
 * @param flowTableDrivers what carries flows of devices, by name, in order
 * @param offload what carries decided flows below; empty where nothing does
 * @param state where flows survive the process; empty where they end with it
 * @param standby the other machine of a pair; empty where there is none
 * @param logLevel what is told on standard error
 * @param logFormat how it is told
 * @param settings every option by its path
 */
public record Configuration(
        GraphConfig graph,
        Map<String, PortSettings> ports,
        List<Integer> pin,
        boolean isolate,
        Scheduling scheduling,
        Optional<Records> records,
        Map<String, ExportPlace> export,
        Optional<ApiSettings> api,
        Optional<P4RuntimeSettings> p4runtime,
        Map<String, FlowTableDriverSettings> flowTableDrivers,
        Optional<OffloadSettings> offload,
        Optional<StateSettings> state,
        Optional<StandbySettings> standby,
        LogLevel logLevel,
        LogFormat logFormat,
        Map<String, Setting> settings) {

    /** What is told on standard error; each includes those before it. */
    public enum LogLevel {
        ERROR,
        WARNING,
        INFO
    }

    /** How lines of the log are written. */
    public enum LogFormat {
        TEXT,
        JSON
    }

    /** How records are written. */
    public enum Format {
        CSV,
        JSONL,
        IPFIX
    }

    /**
     * Where records go.
     *
     * @param file replaced when the process starts
     * @param events whether there is a line for created flows too
     */
    public record Records(String file, Format format, boolean events) {}

    /**
     * What is different in {@code next}, a line each: {@code path: was A, is B}. An option that {@code next} leaves out
     * has its default.
     */
    public List<String> changes(Configuration next) {
        return Changes.between(settings, next.settings);
    }
}
