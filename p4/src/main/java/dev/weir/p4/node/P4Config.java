package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.ir.Reach;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.DigestListener;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.Succession;
import dev.weir.p4.run.TableListener;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A node that runs a P4 program. The program's ports are the graph's, counted from 0. A packet that it forwards gets that egress and goes on in its chain; one
 * for which it decides nothing goes on as it came in; a dropped one is dropped. Each worker has tables and resources of its own: packets of one
 * flow, both directions, come to one worker.
 *
 * <p>A node that takes the place of another program's while packets flow keeps its entries and cells where they mean the same ({@link Succession}), and
 * counts how many it kept and how many not.
 *
 * <p>Nodes behind this one see the packet as the program made it, and the flow as it came. A checksum that the sender left to an interface is finished for a
 * program that comes as far as its field.
 *
 * <p>A packet that the program forwards to {@link CpuPort#NUMBER} goes to the controller, and counts as dropped with reason {@code to-controller}; when there is none that
 * takes it, with {@code no-controller}.
 *
 * <p>A program that calls {@code set_flow_offloaded} says by it which flows may be carried below the data plane; what the control plane changes of its tables
 * has those come back. Flows of any other program stay.
 *
 * @param program to run
 * @param options the listeners in it are called by all workers, each in its thread; without them events go to the control plane
 * @param sessions where mirrored packets go at first, by the numbers that the program calls sessions
 * @param control by which the control plane asks the workers
 * @param inputs the ports whose packets go through the program, all others pass it by; none for all
 * @param hostPorts the ports that face the host, for a program that asks; none for what the program or the control plane says
 */
public record P4Config(
        CompiledProgram program,
        RunOptions options,
        Map<Integer, MirrorSession> sessions,
        ProgramControl control,
        List<String> inputs,
        List<String> hostPorts)
        implements NodeConfig {
    static final int PROGRAM = 0, NO_PORT = 1, TOO_OFTEN = 2, TO_CONTROLLER = 3, NO_CONTROLLER = 4;
    static final int FORWARDED = 0, PASSED = 1, MIRRORED = 2, RECIRCULATED = 3, KEPT = 4, LEFT = 5, TABLES = 6;

    /** The counters before those of the tables. */
    private static final List<String> OWN =
            List.of("FORWARDED", "PASSED", "MIRRORED", "RECIRCULATED", "ENTRIES_KEPT", "ENTRIES_LEFT");

    private static final int MOST_SESSIONS = MirrorSessions.MOST;

    public P4Config {
        sessions = Map.copyOf(sessions);
        inputs = List.copyOf(inputs);
        hostPorts = List.copyOf(hostPorts);
        for (int session : sessions.keySet()) {
            if (session < 0 || session >= MOST_SESSIONS) {
                throw new IllegalArgumentException(
                        "sessions: " + session + " is out of range; give 0 to " + (MOST_SESSIONS - 1));
            }
        }
    }

    /** For packets of all ports. */
    public P4Config(
            CompiledProgram program, RunOptions options, Map<Integer, MirrorSession> sessions, ProgramControl control) {
        this(program, options, sessions, control, List.of(), List.of());
    }

    /** Without mirror sessions. */
    public static P4Config of(CompiledProgram program, RunOptions options) {
        return new P4Config(program, options, Map.of(), new ProgramControl());
    }

    /** The same, for packets that came in by these ports; none for all. */
    public P4Config withInputs(List<String> ports) {
        return new P4Config(program, options, sessions, control, ports, hostPorts);
    }

    /** The same, with other ports that face the host. */
    public P4Config withHostPorts(List<String> ports) {
        return new P4Config(program, options, sessions, control, inputs, ports);
    }

    @Override
    public String type() {
        return "p4";
    }

    @Override
    public List<String> dropReasons() {
        return List.of("program", "no-such-port", "recirculated-too-often", "to-controller", "no-controller");
    }

    @Override
    public List<String> counters() {
        return Stream.concat(OWN.stream(), TableCounters.names(program.pipeline()).stream())
                .toList();
    }

    @Override
    public List<String> ports() {
        Stream<String> mirrored = sessions.values().stream().map(MirrorSession::port);
        return Stream.of(mirrored, inputs.stream(), hostPorts.stream())
                .flatMap(each -> each)
                .distinct()
                .toList();
    }

    @Override
    public boolean choosesEgress() {
        return true;
    }

    @Override
    public boolean decidesByPacket() {
        return Reach.marksFlows(program.pipeline());
    }

    @Override
    public boolean dropsByFlow(int reason) {
        return reason == PROGRAM;
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    @Override
    public boolean wantsTurns() {
        return true;
    }

    @Override
    public Node create(NodeContext context) {
        ProgramControl.Mail mail = control.join(program.pipeline(), context.ports(), context::rouse);
        RunOptions own = options.withSeed(options.seed() + context.worker()).withHeadroom(0);
        if (own.tableListener().equals(TableListener.NONE)) own = own.withListener(mail.events());
        if (own.digestListener().equals(DigestListener.NONE)) own = own.withDigests(mail.events());
        try {
            RunningProgram running = program.start(own, Batch.CAPACITY);
            running.state().touch();
            mail.begin(running.state());
            return new P4Node(this, running, mail, context);
        } catch (Throwable e) {
            mail.close();
            throw e;
        }
    }
}
