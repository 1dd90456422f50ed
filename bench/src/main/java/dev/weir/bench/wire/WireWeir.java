package dev.weir.bench.wire;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code weir run} with a cross-connect behind the flow table, in a Java like this one with the same options and classes.
 *
 * @param driver of the ports, as the configuration names it
 * @param workers how many
 * @param options more of them for Java
 * @param settings more of its configuration, YAML
 * @param nodes more of its nodes, before the cross-connect, YAML
 * @param isolates whether its workers have processors to themselves; its other threads are on the others then
 */
record WireWeir(
        String name, String driver, int workers, List<String> options, String settings, String nodes, boolean isolates)
        implements WireSubject {
    private static final String PROGRAM = "weir run", READY = "weir: running";
    private static final int START_SECONDS = 30;

    static WireWeir packetSockets(int workers) {
        return new WireWeir("Weir AF_PACKET, " + workers(workers), "af-packet", workers, List.of(), "", "", false);
    }

    static WireWeir xdp(int workers) {
        return new WireWeir("Weir AF_XDP, " + workers(workers), "af-xdp", workers, List.of(), "", "", false);
    }

    /** The same with workers that share processors fairly. */
    WireWeir inFairShares() {
        return new WireWeir(
                name + ", fair", driver, workers, options, settings + "scheduling: fair\n", nodes, isolates);
    }

    /** The same with processors to itself, where the machine has as many beside the generator's. */
    WireWeir isolated() {
        List<Integer> own = WireCores.forSubject(workers).own();
        if (own.size() < workers) return this;
        String more = "pin: %s\nisolate: true\n".formatted(own.subList(0, workers));
        return new WireWeir(name, driver, workers, options, settings + more, nodes, true);
    }

    private static String workers(int count) {
        return count == 1 ? "1 worker" : count + " workers";
    }

    WireWeir withOptions(List<String> more) {
        return new WireWeir(name, driver, workers, more, settings, nodes, isolates);
    }

    WireWeir withSettings(String more) {
        return new WireWeir(name, driver, workers, options, more, nodes, isolates);
    }

    WireWeir withNodes(String more) {
        return new WireWeir(name, driver, workers, options, settings, more, isolates);
    }

    /** The Unix socket of its API. */
    static Path socket(WireTestbed bed) {
        return bed.folder.resolve("weir.sock");
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public int processors() {
        return workers;
    }

    @Override
    public boolean takesOffloads() {
        return driver.equals("af-packet");
    }

    @Override
    public Process start(WireTestbed bed) throws IOException {
        bed.addressBothEnds();
        Path file = Files.writeString(bed.folder.resolve("weir.yaml"), configuration(socket(bed)));
        List<String> command = java(options);
        command.addAll(List.of("dev.weir.cli.Main", "run", file.toString()));
        Process process =
                isolates ? bed.startAnywhere(bed.middle, PROGRAM, command) : bed.start(bed.middle, PROGRAM, command);
        bed.await(process, PROGRAM, READY, START_SECONDS);
        return process;
    }

    /** The beginning of a command: a Java like this one with the same options and classes, and more options. */
    static List<String> java(List<String> more) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(more);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return command;
    }

    private String configuration(Path socket) {
        return settings + """
            workers: %d
            api: {socket: "%s"}
            ports:
              left: {interface: %s, driver: %s}
              right: {interface: %s, driver: %s}
            nodes:
            %s  wires: {type: cross-connect, pairs: [[left, right]]}
            """.formatted(workers, socket, WireTestbed.LEFT, driver, WireTestbed.RIGHT, driver, nodes);
    }
}
