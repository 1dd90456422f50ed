package dev.weir.p4.stf;

import dev.weir.p4.interpret.Interpreter.Emitted;
import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import dev.weir.p4.stf.StfStatement.Condition;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs a test on a device, in the order of its lines. At the end, for each port, the packets that left are compared with those that were
 * expected, one by one; there must be as many, and none at ports that nobody mentions. An interpreter runs beside and knows the headers of
 * packets that are not as they should be.
 */
public final class StfRunner {
    /** Of a packet to the next: a microsecond. */
    private static final long STEP = 1000;

    private final StfDevice device;
    private final InterpretedDevice beside;
    private final StfNames names;
    private final CommandNames commands;
    private final Diagnostics diagnostics = new Diagnostics();
    private final List<StfReport.Failure> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<Integer, Port> ports = new TreeMap<>();
    private final List<Added> added = new ArrayList<>();
    private long now = 1_000_000_000;
    private int packets;
    private int expected;
    private int lastSent;

    /** What is expected at a port, and what came. */
    private static final class Port {
        final List<StfStatement.Expect> expected = new ArrayList<>();
        final List<Arrived> arrived = new ArrayList<>();
    }

    /** @param of the line of the packet that it comes from */
    private record Arrived(Span of, String hex, List<Emitted> headers) {}

    private record Added(String table, Table.Entry entry) {}

    private StfRunner(Pipeline pipeline, StfDevice device, Rules rules) {
        this.device = device;
        beside = new InterpretedDevice(pipeline, rules, 0);
        names = new StfNames(pipeline, diagnostics);
        commands = new CommandNames(names);
    }

    /** Runs the test; the device is new, and its program is the pipeline's. */
    public static StfReport run(StfTest test, Pipeline pipeline, StfDevice device, Rules rules) {
        return new StfRunner(pipeline, device, rules).run(test.statements());
    }

    private StfReport run(List<StfStatement> statements) {
        for (StfStatement statement : statements) {
            try {
                run(statement);
            } catch (Fault _) {
                Diagnostic told = diagnostics.sorted().getLast();
                failures.add(new StfReport.Failure(told, ""));
            }
        }
        ports.forEach(this::compare);
        return new StfReport(packets, expected, failures, notes);
    }

    private void run(StfStatement statement) throws Fault {
        switch (statement) {
            case StfStatement.Packet s -> send(s);
            case StfStatement.Expect s -> port(s.port()).expected.add(s);
            case StfStatement.NoPacket s -> {
                if (lastSent > 0) fail(s.place(), "the packet before gave " + count(lastSent, "packet"), "");
            }
            case StfStatement.CheckFlow s -> checkFlow(s);
            case StfStatement.Wait s -> now += s.nanos();
            case StfStatement.RemoveAll _ -> removeAll();
            case StfStatement.Add s -> {
                Table table = names.table(s.table());
                add(s.place(), table, names.entry(table, s, added.size()));
            }
            case StfStatement.TableAdd s -> {
                Table table = names.table(s.table());
                add(s.place(), table, commands.entry(table, s));
            }
            case StfStatement.ValueAdd s -> addValue(s);
            case StfStatement.MemberAdd s -> addMember(s);
            case StfStatement.GroupAdd s -> addGroup(s);
            case StfStatement.SetDefault s -> {
                Table table = names.table(s.table());
                setDefault(table, names.call(table, s.action()));
            }
            case StfStatement.TableSetDefault s -> {
                Table table = names.table(s.table());
                setDefault(table, commands.call(table, s));
            }
            case StfStatement.CheckSize s -> {
                Table table = names.table(s.table());
                check(s.place(), table.name() + " entries", device.size(table.name(), now), s.condition());
            }
            case StfStatement.CheckCounter s -> checkCounter(s);
            case StfStatement.RegisterWrite s -> write(s);
            case StfStatement.RegisterRead s -> read(s);
            case StfStatement.MirroringAdd s -> {
                device.setMirror(s.session(), s.port(), s.copy());
                beside.setMirror(s.session(), s.port(), s.copy());
            }
            case StfStatement.Passed s -> notes.add(s.place() + ": '" + s.word() + "' means nothing here; passed over");
        }
    }

    private Port port(int number) {
        return ports.computeIfAbsent(number, _ -> new Port());
    }

    private void send(StfStatement.Packet packet) {
        packets++;
        now += STEP;
        byte[] octets = HexFormat.of().parseHex(packet.digits());
        beside.process(octets, packet.port(), now);
        List<StfDevice.Sent> sent = device.process(octets, packet.port(), now);
        lastSent = sent.size();
        for (StfDevice.Sent each : sent) {
            port(each.port()).arrived.add(new Arrived(packet.place(), each.packet(), beside.emitted()));
        }
    }

    private void setDefault(Table table, Table.Call call) {
        device.setDefault(table.name(), call);
        beside.setDefault(table.name(), call);
    }

    private void add(Span place, Table table, Table.Entry entry) {
        if (device.add(table.name(), entry, now)) {
            added.add(new Added(table.name(), entry));
        } else {
            fail(
                    place,
                    "the entry was not added: one matches the same, there is no room, or what it refers to is missing",
                    "");
        }
        beside.add(table.name(), entry, now);
    }

    private void addValue(StfStatement.ValueAdd add) throws Fault {
        ValueSet set = names.valueSet(add.set());
        List<Match> matches = names.matches(add.set().place(), set.fields(), add.matches());
        unless(device.addValue(set.name(), matches), add.place(), "the value was not added: it is there, or no room");
        beside.addValue(set.name(), matches);
    }

    private void addMember(StfStatement.MemberAdd add) throws Fault {
        ActionProfile profile = names.profile(add.profile());
        Table.Call call = names.call(names.tableOf(profile, add.profile().place()), add.action());
        boolean done = device.addMember(profile.name(), add.number(), call);
        unless(done, add.place(), "the member was not added: the number is taken, or there is no room");
        beside.addMember(profile.name(), add.number(), call);
    }

    private void addGroup(StfStatement.GroupAdd add) throws Fault {
        ActionProfile profile = names.profile(add.profile());
        boolean done = profile.selects() && device.addGroup(profile.name(), add.number(), add.members());
        unless(
                done,
                add.place(),
                "the group was not added: its number is taken, a member is missing, or there is no room");
        beside.addGroup(profile.name(), add.number(), add.members());
    }

    private void unless(boolean done, Span place, String what) {
        if (!done) fail(place, what, "");
    }

    private void removeAll() {
        for (Added each : added) {
            device.delete(each.table, each.entry);
            beside.delete(each.table, each.entry);
        }
        added.clear();
    }

    private void checkFlow(StfStatement.CheckFlow check) {
        FlowMark said = device.mark();
        if (said != check.mark()) {
            fail(
                    check.place(),
                    "what was said of the packet's flow: " + word(said) + ", not " + word(check.mark()),
                    "");
        }
    }

    private static String word(FlowMark mark) {
        return mark.toString().toLowerCase(Locale.ROOT);
    }

    private void checkCounter(StfStatement.CheckCounter check) throws Fault {
        Resource.Counter counter = names.counter(check.counter());
        index(check.place(), counter, check.index());
        long[] counted = device.counter(counter.name(), check.index());
        String what = counter.name() + "(" + check.index() + ") " + (check.bytes() ? "bytes" : "packets");
        check(check.place(), what, counted[check.bytes() ? 1 : 0], check.condition());
    }

    private void check(Span place, String what, long seen, Condition condition) {
        if (!condition.holds(seen)) fail(place, what + ": it is " + seen + ", not " + condition, "");
    }

    private void write(StfStatement.RegisterWrite write) throws Fault {
        Resource.Register register = names.register(write.register());
        index(write.place(), register, write.index());
        BigInteger value = names.whole(write.place(), write.value(), register.width());
        device.setRegister(register.name(), write.index(), value);
        beside.setRegister(register.name(), write.index(), value);
    }

    private void read(StfStatement.RegisterRead read) throws Fault {
        Resource.Register register = names.register(read.register());
        index(read.place(), register, read.index());
        BigInteger seen = device.register(register.name(), read.index());
        StfNumber wanted = read.value();
        if (wanted == null) {
            notes.add(read.place() + ": " + register.name() + "(" + read.index() + ") is " + seen);
        } else if (!names.whole(read.place(), wanted, register.width()).equals(seen)) {
            fail(
                    read.place(),
                    register.name() + "(" + read.index() + "): it is " + seen + ", not " + wanted.value(),
                    "");
        }
    }

    private void index(Span place, Resource resource, long index) throws Fault {
        if (index >= resource.size()) {
            diagnostics.error(place, "stf-index", "'" + resource.name() + "' has " + resource.size() + " cells", null);
            throw new Fault();
        }
    }

    private void compare(int number, Port port) {
        int both = Math.min(port.expected.size(), port.arrived.size());
        for (int i = 0; i < both; i++) compare(number, i, port.expected.get(i), port.arrived.get(i));
        for (StfStatement.Expect missing : port.expected.subList(both, port.expected.size())) {
            fail(missing.place(), "no such packet left by port " + number, "");
        }
        for (Arrived surplus : port.arrived.subList(both, port.arrived.size())) {
            fail(
                    surplus.of,
                    "it gave a packet at port " + number + " that is not expected",
                    PacketDifference.render("", surplus.hex, surplus.headers));
        }
    }

    private void compare(int number, int i, StfStatement.Expect expect, Arrived arrived) {
        @Nullable PacketPattern pattern = expect.pattern();
        if (pattern == null || pattern.matches(arrived.hex)) {
            expected++;
            return;
        }
        String what = "packet " + (i + 1) + " at port " + number + " (from line "
                + arrived.of.position().line() + ") is not as expected";
        String wanted = pattern.whole() || pattern.digits().length() >= arrived.hex.length()
                ? pattern.digits()
                : pattern.digits()
                        + String.valueOf(PacketPattern.ANY)
                                .repeat(arrived.hex.length() - pattern.digits().length());
        fail(expect.place(), what, PacketDifference.render(wanted, arrived.hex, arrived.headers));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void fail(Span place, String message, String detail) {
        Diagnostic what = new Diagnostic(Diagnostic.Severity.ERROR, "stf-failed", place, message, null);
        failures.add(new StfReport.Failure(what, detail));
    }
}
