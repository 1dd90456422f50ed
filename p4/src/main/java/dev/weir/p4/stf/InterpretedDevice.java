package dev.weir.p4.stf;

import dev.weir.p4.interpret.Interpreter;
import dev.weir.p4.interpret.Outcome;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.Verdict;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A program in the interpreter. */
public final class InterpretedDevice implements StfDevice {
    /** How often a packet may come again. */
    private static final int MOST_TURNS = 16;

    private final Interpreter interpreter;
    private final StfMirrors mirrors = new StfMirrors();
    private FlowMark mark = FlowMark.UNSAID;

    public InterpretedDevice(Pipeline pipeline, Rules rules, long seed) {
        interpreter = new Interpreter(pipeline, rules, seed);
    }

    @Override
    public List<Sent> process(byte[] packet, int port, long now) {
        List<Sent> sent = new ArrayList<>();
        byte[] next = packet;
        mark = FlowMark.UNSAID;
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            byte[] in = next;
            Outcome outcome = interpreter.process(in, port, now, turn > 0);
            mark = outcome.mark() == FlowMark.UNSAID ? mark : outcome.mark();
            byte[] made = HexFormat.of().parseHex(outcome.packet());
            outcome.mirrors().values().forEach(session -> mirrors.mirror(session, in, made, sent));
            if (outcome.verdict() == Verdict.FORWARD) sent.add(new Sent((int) outcome.port(), outcome.packet()));
            if (outcome.verdict() != Verdict.RECIRCULATE) break;
            next = made;
        }
        return sent;
    }

    @Override
    public FlowMark mark() {
        return mark;
    }

    /** The headers that the last packet went out with. */
    List<Interpreter.Emitted> emitted() {
        return interpreter.emitted();
    }

    @Override
    public void setMirror(int session, int port, MirrorCopy copy) {
        mirrors.set(session, port, copy);
    }

    @Override
    public boolean add(String table, Table.Entry entry, long now) {
        return interpreter.table(table).insert(entry, 0, now);
    }

    @Override
    public void delete(String table, Table.Entry entry) {
        interpreter.table(table).delete(entry);
    }

    @Override
    public boolean addValue(String set, List<Match> matches) {
        return interpreter.valueSet(set).add(matches);
    }

    @Override
    public boolean addMember(String profile, long id, Table.Call call) {
        return interpreter.profile(profile).addMember(id, call);
    }

    @Override
    public boolean addGroup(String profile, long id, List<Long> members) {
        return interpreter.profile(profile).addGroup(id, members);
    }

    @Override
    public void setDefault(String table, Table.Call call) {
        interpreter.table(table).setDefault(call);
    }

    @Override
    public int size(String table, long now) {
        interpreter.expire(now);
        return interpreter.table(table).size();
    }

    @Override
    public long[] counter(String counter, long index) {
        return interpreter.resources().counter(counter, index);
    }

    @Override
    public BigInteger register(String register, long index) {
        return interpreter.resources().register(register, index);
    }

    @Override
    public void setRegister(String register, long index, BigInteger value) {
        interpreter.resources().register(register, index, value);
    }
}
