package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import java.util.Arrays;

/** See {@link P4Config}. */
final class P4Node implements Node {
    /** How often a packet may come again. */
    private static final int MOST_PASSES = 8;

    private final NodeContext context;
    private final RunningProgram program;
    private final ProgramState state;
    private final ProgramControl.Mail mail;
    private final TableCounters tables;
    private final int ports;
    /** By session; {@link Batch#NO_PORT} where there is none. */
    private final int[] sessionPort;

    /** Whether packets of that port go through the program; none where all do. */
    private final boolean[] inputs;

    private final int[] again = new int[Batch.CAPACITY];
    private final int[] taken = new int[Batch.CAPACITY];
    private int forwarded;
    private int passed;
    private int mirrored;

    P4Node(P4Config config, RunningProgram program, ProgramControl.Mail mail, NodeContext context) {
        this.context = context;
        this.program = program;
        state = program.state();
        ports = context.ports();
        sessionPort = new int
                [config.sessions().keySet().stream().mapToInt(n -> n + 1).max().orElse(0)];
        Arrays.fill(sessionPort, Batch.NO_PORT);
        config.sessions().forEach((session, port) -> sessionPort[session] = context.port(port));
        inputs = new boolean[config.inputs().isEmpty() ? 0 : ports];
        config.inputs().forEach(port -> inputs[context.port(port)] = true);
        this.mail = mail;
        tables = new TableCounters(program.state().pipeline(), state, context, P4Config.TABLES);
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
        program.process(batch.packets, picks, n, batch.now);
        int left = decide(batch, picks, n);
        int recirculated = left;
        state.setRecirculated(true);
        for (int pass = 1; left > 0 && pass < MOST_PASSES; pass++) {
            program.process(batch.packets, again, left, batch.now);
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

    /**
     * Does what the program decided; {@code picks} may be {@link #again}.
     *
     * @return how many packets come again
     */
    private int decide(Batch batch, int[] picks, int n) {
        int left = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            mirror(batch.packets, i);
            int verdict = state.verdict[i];
            if (verdict == Verdict.FORWARD.code) {
                forward(batch, i);
            } else if (verdict == Verdict.DROP.code) {
                batch.drop(i, P4Config.PROGRAM);
            } else if (state.movedTo[i] != ProgramState.NOT_MOVED) {
                batch.drop(i, P4Config.NO_ROOM);
            } else if (verdict == Verdict.RECIRCULATE.code) {
                again[left++] = i;
            } else {
                passed++;
                batch.next(i);
            }
        }
        return left;
    }

    private void forward(Batch batch, int i) {
        int port = state.egress[i];
        if (port < 0 || port >= ports) {
            batch.drop(i, P4Config.NO_PORT);
            return;
        }
        forwarded++;
        batch.egress[i] = port;
        if (state.movedTo[i] == ProgramState.NOT_MOVED) {
            batch.next(i);
        } else {
            send(batch.packets, i, port);
            batch.drop(i, P4Config.SENT_APART);
        }
    }

    private void send(PacketVector packets, int i, int port) {
        boolean moved = state.movedTo[i] != ProgramState.NOT_MOVED;
        long offload = packets.offload.length == 0 ? 0 : packets.offload[i];
        if (moved) {
            context.send(port, state.moved, state.movedTo[i], packets.captured[i], offload);
        } else {
            context.send(port, packets.data, packets.offset[i], packets.captured[i], offload);
        }
    }

    /** Copies the packet, as the program made it, to the ports of its sessions. */
    private void mirror(PacketVector packets, int i) {
        for (int slot = 0; slot < ProgramState.MIRROR_SLOTS; slot++) {
            int session = state.mirrors[i * ProgramState.MIRROR_SLOTS + slot];
            if (session < 0 || session >= sessionPort.length || sessionPort[session] == Batch.NO_PORT) continue;
            send(packets, i, sessionPort[session]);
            mirrored++;
        }
    }

    @Override
    public void tick(long now) {
        mail.events().at(now);
        state.advance(now);
    }

    @Override
    public void turn(long now) {
        if (!mail.isWaiting()) return;
        mail.events().at(now);
        state.advance(now);
        mail.deliver(state);
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
        program.close();
    }
}
