package dev.weir.p4.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.interpret.Interpreter;
import dev.weir.p4.interpret.Outcome;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.p4.run.ValueSetRun;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A pipeline interpreted and compiled, side by side: the same packets have to have the same outcomes, and to leave the same state behind. */
final class Differential implements AutoCloseable {
    private static final int CAPACITY = 64;
    private static final int SPACE = 512;

    private final Pipeline pipeline;
    private final Interpreter interpreter;
    private final RunningProgram compiled;
    private final PacketVector packets = new PacketVector(CAPACITY);
    private final List<Outcome.Notification> digests = new ArrayList<>();

    Differential(Pipeline pipeline, CompiledProgram program, Rules rules, long seed, int headroom) {
        this.pipeline = pipeline;
        interpreter = new Interpreter(pipeline, rules, seed);
        RunOptions options = RunOptions.of(rules)
                .withSeed(seed)
                .withCacheSeed(seed)
                .withHeadroom(headroom)
                .withDigests((digest, words) -> digests.add(notification(digest, words)));
        compiled = program.start(options, CAPACITY);
    }

    private static Outcome.Notification notification(Pipeline.Digest digest, long[] words) {
        List<BigInteger> values = new ArrayList<>();
        int at = 0;
        for (Pipeline.Parameter field : digest.fields()) {
            BigInteger value = BigInteger.ZERO;
            for (int limb = 0; 64 * limb < field.width(); limb++) {
                BigInteger word = new BigInteger(Long.toUnsignedString(words[at++]));
                value = value.or(word.shiftLeft(64 * limb));
            }
            values.add(value);
        }
        return new Outcome.Notification(digest.name(), values);
    }

    RunningProgram compiled() {
        return compiled;
    }

    Interpreter interpreter() {
        return interpreter;
    }

    void insert(String table, Table.Entry entry, long now) {
        boolean inserted = interpreter.table(table).insert(entry, 0, now);
        Result result = compiled.state().control(table).insert(entry, 0);
        assertThat(result == Result.DONE).as(table + " " + entry + " " + result).isEqualTo(inserted);
    }

    /** Adds or removes a value; the set may have it, or be full. */
    void change(String set, List<Match> matches, boolean add) {
        boolean changed = add
                ? interpreter.valueSet(set).add(matches)
                : interpreter.valueSet(set).remove(matches);
        ValueSetRun members = compiled.state().valueSet(set);
        Result result = add ? members.add(matches) : members.remove(matches);
        assertThat(result == Result.DONE).as(set + " " + matches + " " + result).isEqualTo(changed);
    }

    /** Gives a member this action; it may not be there yet, and then there may be no room. */
    void member(String profile, long id, Table.Call call) {
        ProfileRun members = compiled.state().profile(profile);
        Result result = members.member(id) == null ? members.addMember(id, call) : members.modifyMember(id, call);
        if (result == Result.DONE) interpreter.profile(profile).member(id, call);
    }

    /** Gives a group these members; it and they may not be there yet. */
    void group(String profile, long id, List<ProfileRun.Weighted> of) {
        ProfileRun groups = compiled.state().profile(profile);
        ProfileRun.Group group = ProfileRun.Group.of(of);
        Result result = groups.group(id) == null ? groups.addGroup(id, group) : groups.modifyGroup(id, group);
        if (result != Result.DONE) return;
        assertThat(groups.groups().get(id)).isEqualTo(group);
        List<Long> members = new ArrayList<>();
        of.forEach(each -> members.addAll(Collections.nCopies(each.weight(), each.member())));
        interpreter.profile(profile).group(id, members);
    }

    /**
     * Runs one vector, all of it at one time.
     *
     * @param context named when something differs
     */
    void run(List<byte[]> in, int port, long now, String context) {
        fill(in, port, now);
        List<Outcome> expected = new ArrayList<>();
        for (byte[] packet : in) expected.add(interpreter.process(packet, port, now, false));
        digests.clear();
        compiled.process(packets, IntStream.range(0, in.size()).toArray(), in.size(), now);
        List<Outcome.Notification> sent = new ArrayList<>();
        for (int i = 0; i < in.size(); i++) {
            String which = context + " packet " + HexFormat.of().formatHex(in.get(i));
            Outcome outcome = expected.get(i);
            ProgramState state = compiled.state();
            assertThat(state.verdict[i]).as(which).isEqualTo(outcome.verdict().code);
            if (outcome.verdict() == Verdict.FORWARD) {
                assertThat(Integer.toUnsignedLong(state.egress[i])).as(which).isEqualTo(outcome.port());
            }
            if (outcome.verdict() != Verdict.DROP)
                assertThat(packet(i)).as(which).isEqualTo(outcome.packet());
            assertThat(FlowMark.of(compiled.state().marks[i])).as(which).isEqualTo(outcome.mark());
            assertThat(mirrors(i)).as(which).isEqualTo(outcome.mirrors());
            sent.addAll(outcome.digests());
        }
        assertThat(digests).as(context).isEqualTo(sent);
    }

    private void fill(List<byte[]> in, int port, long now) {
        packets.room(SPACE * (CAPACITY + 1), 0);
        packets.data.fill((byte) 0xEE);
        packets.mixed();
        packets.size = in.size();
        for (int i = 0; i < in.size(); i++) {
            packets.offset[i] = SPACE / 2 + (long) SPACE * i;
            packets.captured[i] = in.get(i).length;
            packets.length[i] = in.get(i).length;
            packets.time[i] = now;
            packets.port[i] = port;
            MemorySegment.copy(MemorySegment.ofArray(in.get(i)), 0, packets.data, packets.offset[i], in.get(i).length);
        }
    }

    private String packet(int i) {
        byte[] bytes = new byte[packets.captured[i]];
        MemorySegment.copy(packets.data, packets.offset[i], MemorySegment.ofArray(bytes), 0, bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    private Map<Integer, Integer> mirrors(int i) {
        Map<Integer, Integer> mirrors = new TreeMap<>();
        for (int slot = 0; slot < ProgramState.MIRROR_SLOTS; slot++) {
            int session = compiled.state().mirrors[i * ProgramState.MIRROR_SLOTS + slot];
            if (session != ProgramState.NO_SESSION) mirrors.put(slot, session);
        }
        return mirrors;
    }

    /** What packets leave behind. */
    void compareState(String context) {
        for (Table table : pipeline.tables()) {
            assertThat(compiled.state().control(table.name()).size())
                    .as(context + " " + table.name())
                    .isEqualTo(interpreter.table(table.name()).size());
        }
        for (Resource resource : pipeline.resources()) {
            if (resource.direct()) continue;
            for (int i = 0; i < resource.size(); i++) compareCell(resource, i, context + " " + resource.name());
        }
    }

    private void compareCell(Resource resource, int index, String context) {
        var cells = compiled.state().cells(resource.name());
        switch (resource) {
            case Resource.Counter c -> {
                long[] counted = interpreter.resources().counter(c.name(), index);
                assertThat(cells.packets(index)).as(context).isEqualTo(counted[0]);
                assertThat(cells.bytes(index)).as(context).isEqualTo(counted[1]);
            }
            case Resource.Register r ->
                assertThat(cells.register(index))
                        .as(context)
                        .isEqualTo(interpreter.resources().register(r.name(), index));
            case Resource.Meter _ -> {}
        }
    }

    @Override
    public void close() {
        compiled.close();
    }
}
