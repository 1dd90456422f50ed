package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Reach;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.Grounds;
import dev.weir.p4.run.Inheritance;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.Succession;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** See {@link P4Config}. */
final class P4Node implements Node {
    /** How often a packet may come again. */
    private static final int MOST_PASSES = 8;

    private final NodeContext context;
    private final CompiledProgram compiled;
    private final RunOptions options;
    private final RunningProgram program;
    private final ProgramState state;
    private final ProgramControl.Mail mail;
    private final TableCounters tables;
    private final int ports;
    /** Whether packets of that port go through the program; none where all do. */
    private final boolean[] inputs;

    /** As the configuration says; none for nothing said. */
    private final int[] hostPorts;

    private final int[] again = new int[Batch.CAPACITY];
    private final int[] taken = new int[Batch.CAPACITY];
    private final Mirrors mirrors;
    private final UnfinishedChecksums checksums;
    /** While another program gets ready to take this one's place. */
    private @Nullable Rehearsal rehearsal;

    /** While this one gets ready to take another's. */
    private @Nullable Succession succession;

    private boolean isBeingReplaced;

    /** Whether the program says something of flows. */
    private final boolean marksFlows;

    /** Of a program that marks flows. */
    private final @Nullable CarriedFlows carried;

    /** Changes of the control plane that the graph knows of. */
    private long changesKnown;

    private final CpuPort.Lane cpu;
    private final Injection injection;
    private int forwarded;
    private int passed;
    private int mirrored;

    P4Node(P4Config config, RunningProgram program, ProgramControl.Mail mail, NodeContext context) {
        this.context = context;
        compiled = config.program();
        options = config.options();
        this.program = program;
        state = program.state();
        marksFlows = config.decidesByPacket();
        Grounds grounds = state.grounds();
        carried = grounds == null ? null : new CarriedFlows(grounds, context);
        ports = context.ports();
        Pipeline pipeline = state.pipeline();
        state.setPorts(context::isUp);
        state.sessions().begin(sessions(config, context));
        mirrors = new Mirrors(state.sessions(), pipeline, context);
        checksums = new UnfinishedChecksums(Reach.parsedBytes(pipeline));
        inputs = new boolean[config.inputs().isEmpty() ? 0 : ports];
        config.inputs().forEach(port -> inputs[context.port(port)] = true);
        hostPorts = config.hostPorts().stream().mapToInt(context::port).toArray();
        if (hostPorts.length > 0) state.setHostPorts(hostPorts);
        this.mail = mail;
        cpu = config.control().cpu().join(context::rouse);
        injection = new Injection(cpu, program, context);
        tables = new TableCounters(pipeline, state, context, P4Config.TABLES);
    }

    private static Map<Integer, MirrorSessions.Session> sessions(P4Config config, NodeContext context) {
        Map<Integer, MirrorSessions.Session> sessions = new HashMap<>();
        config.sessions().forEach((number, session) -> {
            MirrorSessions.Replica to = new MirrorSessions.Replica(context.port(session.port()), 0);
            sessions.put(number, new MirrorSessions.Session(List.of(to), session.copy()));
        });
        return sessions;
    }

    @Override
    public void process(Batch batch, int[] picks, int n) {
        if (inputs.length == 0) {
            run(batch, picks, n);
        } else {
            run(batch, taken, take(batch, picks, n));
        }
    }

    /** Has packets of other ports pass by; the rest is in {@link #taken}. */
    private int take(Batch batch, int[] picks, int n) {
        int left = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            if (inputs[batch.packets.port[i]]) {
                taken[left++] = i;
            } else {
                state.verdict[i] = Verdict.PASS.code;
                batch.decidedByFlow(i, true);
                batch.next(i);
            }
        }
        return left;
    }

    private void run(Batch batch, int[] picks, int n) {
        forwarded = 0;
        passed = 0;
        mirrored = 0;
        mail.events().at(batch.now);
        pass(batch, picks, n);
        int left = decide(batch, picks, n);
        int recirculated = left;
        state.setRecirculated(true);
        for (int pass = 1; left > 0 && pass < MOST_PASSES; pass++) {
            pass(batch, again, left);
            left = decide(batch, again, left);
            recirculated += left;
        }
        state.setRecirculated(false);
        for (int k = 0; k < left; k++) batch.drop(again[k], P4Config.TOO_OFTEN);
        context.count(P4Config.FORWARDED, forwarded);
        context.count(P4Config.PASSED, passed);
        context.count(P4Config.MIRRORED, mirrored);
        context.count(P4Config.RECIRCULATED, recirculated);
        tables.tell();
    }

    private void pass(Batch batch, int[] picks, int n) {
        if (rehearsal != null) rehearsal.take(batch.packets, picks, n);
        mirrors.keep(batch.packets, picks, n);
        checksums.finish(batch.packets, picks, n);
        program.process(batch.packets, picks, n, batch.now);
        checksums.undo(batch.packets, picks, n);
    }

    /**
     * Does what the program decided; {@code picks} may be {@link #again}.
     *
     * @return how many packets come again
     */
    private int decide(Batch batch, int[] picks, int n) {
        int left = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            mirrored += mirrors.send(state, batch.packets, i);
            if (marksFlows) mark(batch, i);
            int verdict = state.verdict[i];
            if (verdict == Verdict.FORWARD.code) {
                forward(batch, i);
            } else if (verdict == Verdict.DROP.code) {
                batch.drop(i, P4Config.PROGRAM);
            } else if (verdict == Verdict.RECIRCULATE.code) {
                again[left++] = i;
            } else {
                passed++;
                batch.next(i);
            }
        }
        return left;
    }

    /** What the program said of the flow; of one that came again, what it said last. */
    private void mark(Batch batch, int i) {
        if (state.marks[i] == FlowMark.UNSAID.code) return;
        boolean offloaded = state.marks[i] == FlowMark.OFFLOADED.code;
        context.markOffloaded(batch, i, offloaded);
        batch.decidedByFlow(i, offloaded);
    }

    private void forward(Batch batch, int i) {
        int port = state.egress[i];
        if (port == CpuPort.NUMBER) {
            batch.drop(i, toController(batch.packets, i) ? P4Config.TO_CONTROLLER : P4Config.NO_CONTROLLER);
            return;
        }
        if (port < 0 || port >= ports) {
            batch.drop(i, P4Config.NO_PORT);
            return;
        }
        forwarded++;
        batch.egress[i] = port;
        batch.next(i);
    }

    private boolean toController(PacketVector packets, int i) {
        return cpu.offer(packets.data, packets.offset[i], packets.captured[i]);
    }

    @Override
    public void tick(long now) {
        mail.events().at(now);
        state.advance(now);
        state.followPorts();
    }

    @Override
    public void turn(long now) {
        if (cpu.isWaiting() && !isBeingReplaced) {
            mail.events().at(now);
            context.count(P4Config.FORWARDED, injection.run(now));
        }
        if (!mail.isWaiting() || isBeingReplaced) return;
        mail.events().at(now);
        state.advance(now);
        mail.deliver(state);
        if (marksFlows && state.changes() != changesKnown) {
            changesKnown = state.changes();
            if (carried != null) carried.forget();
            context.decidesAnew();
        }
    }

    @Override
    public void carries(Batch batch, int i, OffloadedFlow flow) {
        if (carried != null) carried.add(batch, i, flow);
    }

    @Override
    public void reported(OffloadReport report) {
        if (carried != null) carried.reported(report);
    }

    /** The control plane waits from now on, until this program is no more; see {@link Succession}. */
    @Override
    public boolean prepare(Node old) {
        if (!(old instanceof P4Node before)) return true;
        if (succession == null) {
            before.isBeingReplaced = true;
            before.rehearsal = before.compiled.equals(compiled) ? null : new Rehearsal(compiled, options);
            succession = new Succession(before.state, state);
        }
        boolean rehearsed = before.rehearsal == null || before.rehearsal.isOver(before.state.now());
        return succession.advance() && rehearsed;
    }

    @Override
    public void replace(Node old) {
        Inheritance inheritance = succession == null ? Inheritance.NONE : succession.finish();
        succession = null;
        if (hostPorts.length > 0) state.setHostPorts(hostPorts);
        mail.inherited(inheritance);
        context.count(P4Config.KEPT, inheritance.entriesKept());
        context.count(P4Config.LEFT, inheritance.entriesLeft());
    }

    @Override
    public void trace(Batch batch, int i, StringBuilder out) {
        int verdict = state.verdict[i];
        for (Verdict each : Verdict.values()) {
            if (each.code == verdict) out.append(each);
        }
        if (verdict == Verdict.FORWARD.code) out.append(" to port ").append(state.egress[i]);
    }

    @Override
    public void close() {
        mail.close();
        cpu.end();
        mirrors.close();
        if (isBeingReplaced) {
            // to give much memory back takes longer than packets can wait
            Thread.ofPlatform().daemon().name("weir-p4-close").start(program::close);
        } else {
            program.close();
        }
    }
}
