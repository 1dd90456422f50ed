package dev.weir.p4.stf;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.Cells;
import dev.weir.p4.run.EntryView;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A compiled program, as a worker runs it, with vectors of one packet. */
public final class CompiledDevice implements StfDevice, AutoCloseable {
    private static final int HEADROOM = 64, MOST_TURNS = 16;

    private final RunningProgram program;
    private final ProgramState state;
    private final Rules rules;
    private final PacketVector vector = new PacketVector(1, true);
    private final int[] picks = new int[1];
    private final StfMirrors mirrors = new StfMirrors();
    private FlowMark mark = FlowMark.UNSAID;

    public CompiledDevice(CompiledProgram program, Rules rules, long seed) {
        this.rules = rules;
        this.program = program.start(RunOptions.of(rules).withSeed(seed).withHeadroom(HEADROOM), 1);
        state = this.program.state();
    }

    @Override
    public List<Sent> process(byte[] packet, int port, long now) {
        List<Sent> sent = new ArrayList<>();
        byte[] next = packet;
        mark = FlowMark.UNSAID;
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            state.setRecirculated(turn > 0);
            fill(next, port, now);
            program.process(vector, picks, 1, now);
            byte[] came = next;
            mark = state.marks[0] == FlowMark.UNSAID.code ? mark : FlowMark.of(state.marks[0]);
            next = processed();
            for (int slot = 0; slot < ProgramState.MIRROR_SLOTS; slot++) {
                mirrors.mirror(state.mirrors[slot], came, next, sent);
            }
            if (state.verdict[0] == Verdict.FORWARD.code) {
                sent.add(new Sent(state.egress[0], HexFormat.of().formatHex(next)));
            }
            if (state.verdict[0] != Verdict.RECIRCULATE.code) break;
        }
        return sent;
    }

    @Override
    public FlowMark mark() {
        return mark;
    }

    private void fill(byte[] packet, int port, long now) {
        vector.room(HEADROOM + packet.length + HEADROOM, 0);
        MemorySegment.copy(packet, 0, vector.data, ValueLayout.JAVA_BYTE, HEADROOM, packet.length);
        vector.uniform(LinkType.ETHERNET, port);
        vector.offset[0] = HEADROOM;
        vector.captured[0] = packet.length;
        vector.length[0] = packet.length;
        vector.time[0] = now;
        vector.offload[0] = 0;
        vector.size = 1;
    }

    private byte[] processed() {
        return vector.data.asSlice(vector.offset[0], vector.captured[0]).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void setMirror(int session, int port, MirrorCopy copy) {
        mirrors.set(session, port, copy);
    }

    @Override
    public boolean add(String table, Table.Entry entry, long now) {
        return state.control(table).insert(entry, 0) == Result.DONE;
    }

    @Override
    public void delete(String table, Table.Entry entry) {
        Result _ = state.control(table).delete(entry.matches(), entry.priority());
    }

    @Override
    public boolean addValue(String set, List<Match> matches) {
        return state.valueSet(set).add(matches) == Result.DONE;
    }

    @Override
    public boolean addMember(String profile, long id, Table.Call call) {
        return state.profile(profile).addMember(id, call) == Result.DONE;
    }

    @Override
    public boolean addGroup(String profile, long id, List<Long> members) {
        List<ProfileRun.Weighted> of = members.stream()
                .map(member -> new ProfileRun.Weighted(member, 1))
                .toList();
        return state.profile(profile).addGroup(id, ProfileRun.Group.of(of)) == Result.DONE;
    }

    @Override
    public void setDefault(String table, Table.Call call) {
        Result _ = state.control(table).setDefault(call);
    }

    /** Without those that are over: the worker ends them up to a tick later. */
    @Override
    public int size(String table, long now) {
        TableControl control = state.control(table);
        boolean ends = rules == Rules.P4TC || control.table().idle() == Table.Idle.DELETE;
        return (int) control.entryViews().stream()
                .filter(view -> !ends || isAlive(view, now))
                .count();
    }

    private static boolean isAlive(EntryView view, long now) {
        return view.lifetime() == 0 || view.lastHit() + view.lifetime() > now;
    }

    @Override
    public long[] counter(String counter, long index) {
        Cells cells = state.cells(counter);
        return new long[] {cells.packets((int) index), cells.bytes((int) index)};
    }

    @Override
    public BigInteger register(String register, long index) {
        return state.cells(register).register((int) index);
    }

    @Override
    public void setRegister(String register, long index, BigInteger value) {
        state.cells(register).setRegister((int) index, value);
    }

    @Override
    public void close() {
        program.close();
    }
}
