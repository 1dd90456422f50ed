package dev.weir.dataplane.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.AliasProbe;
import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.BatchProbe;
import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowContext;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowTuple;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.testing.Allocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One node of one worker, with a real flow table before it and nothing after it: a test fills the batch frame by frame,
 * {@link #run}s it and reads what the node said of each packet, sent and counted. Several benches of one configuration
 * ({@link #peer}) are its workers, all on the test's thread.
 *
 * <pre>{@code
 * try (var bench = new NodeBench(new DropConfig("unwanted"), "east", "west")) {
 *     bench.add("east", Frames.arp());
 *     assertThat(bench.run()).containsExactly("drop:unwanted");
 * }
 * }</pre>
 */
public final class NodeBench implements AutoCloseable, NodeContext {
    /** When the first packet comes, unless the test says otherwise: a moment in 2026. */
    public static final long START = 1_790_000_000_000_000_000L;

    public static final long SECOND = 1_000_000_000L;
    /** The octets of a flow's annex before the node's. */
    public static final int ANNEX = 16;

    /** Where in the annex the graph keeps the port of the first packet. */
    private static final int FIRST_PORT = 8;

    private static final int ROOM = 2048, RECORDS = 4 * Batch.CAPACITY;

    /** A frame that the node sent beside the packets. */
    public static final class Sent {
        public final String port;
        public final byte[] frame;
        public final long offload;

        Sent(String port, byte[] frame, long offload) {
            this.port = port;
            this.frame = frame;
            this.offload = offload;
        }
    }

    public final Batch batch = new Batch();
    /** What was sent, in order. */
    public final List<Sent> sent = new ArrayList<>();

    private final Arena arena = Arena.ofShared();
    private NodeConfig config;
    private final List<String> ports;
    private final int worker, workers;
    private final Map<Class<?>, Object> shared;
    private final FlowTable table;
    private final KeyExtractor extractor;
    private final FragmentTable fragments;
    private final FlowRecords records;
    private final FlowRecord record = new FlowRecord();
    private final FlowContext flow;
    private final FlowVector quoted = new FlowVector(new PacketVector(1), true);
    private final FlowContext entry;
    private final AliasProbe aliases;
    private final Map<String, List<InetAddress>> addresses = new HashMap<>();
    private long[] counters;
    private final int[] picks = new int[Batch.CAPACITY], family = new int[Batch.CAPACITY];
    private final boolean[] visits = new boolean[Batch.CAPACITY];
    private Node node;

    private int sendFault;
    private boolean keepSent = true;
    private long sentFrames;
    private long time = START;

    /** The only worker of a node between these ports. */
    public NodeBench(NodeConfig config, String... ports) {
        this(config, List.of(ports), 0, 1, new HashMap<>());
    }

    private NodeBench(NodeConfig config, List<String> ports, int worker, int workers, Map<Class<?>, Object> shared) {
        this.config = config;
        this.ports = ports;
        this.worker = worker;
        this.workers = workers;
        this.shared = shared;
        int annex = ANNEX + config.annexBytes();
        table = new FlowTable(
                FlowTableConfig.defaults().withMaxFlows(10_000).withHashSeed(1).withAnnexBytes(annex));
        extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
        fragments = new FragmentTable(table);
        records = new FlowRecords(RECORDS, FlowEvent.ENDED, arena, annex);
        flow = table.context();
        entry = table.context();
        aliases = new AliasProbe(worker, workers, table);
        counters = new long[config.counters().size()];
        batch.packets.data = arena.allocate((long) Batch.CAPACITY * ROOM, 8);
        batch.packets.first = 1;
        assertThat(ports).as("ports that the configuration names").containsAll(config.ports());
        node = config.create(this);
    }

    /** Another worker of the same configuration. */
    public NodeBench peer() {
        return new NodeBench(config, ports, worker + 1, workers + 1, shared);
    }

    /** One of so many workers of the same configuration. */
    public NodeBench peer(int number, int count) {
        return new NodeBench(config, ports, number, count, shared);
    }

    public Node node() {
        return node;
    }

    /** Replaces the node by one of another configuration of the same kind, as a reload does; counters begin anew. */
    public void reload(NodeConfig wanted) {
        assertThat(ports).as("ports that the configuration names").containsAll(wanted.ports());
        config = wanted;
        shared.clear();
        counters = new long[config.counters().size()];
        Node old = node;
        node = config.create(this);
        node.replace(old);
        old.close();
    }

    /** The time that the next frames get. */
    public NodeBench at(long nanos) {
        time = nanos;
        return this;
    }

    /** Moves that time on. */
    public NodeBench after(long nanos) {
        return at(time + nanos);
    }

    /** Adds a frame that came by {@code port}; it is packet {@code batch.packets.size - 1}. */
    public NodeBench add(String port, byte[] frame) {
        int i = batch.packets.size++;
        batch.packets.offset[i] = (long) i * ROOM;
        batch.packets.captured[i] = frame.length;
        batch.packets.length[i] = frame.length;
        batch.packets.time[i] = time;
        batch.packets.link[i] = LinkType.ETHERNET;
        batch.packets.port[i] = port(port);
        batch.packets.offload[i] = 0;
        batch.egress[i] = Batch.NO_PORT;
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, batch.packets.data, batch.packets.offset[i], frame.length);
        return this;
    }

    /** Says that the last added packet's egress was chosen before. */
    public NodeBench leavingBy(String port) {
        batch.egress[batch.packets.size - 1] = port(port);
        return this;
    }

    /** Begins a new batch. */
    public NodeBench clear() {
        batch.packets.first += batch.packets.size;
        batch.packets.size = 0;
        return this;
    }

    /**
     * Takes the batch through the flow table and the node.
     *
     * @return of each packet {@code next}, {@code drop:REASON}, {@code arc:NAME}, or {@code passed-by} where the node did
     *     not get it
     */
    public List<String> run() {
        process();
        List<String> verdicts = new ArrayList<>();
        for (int i = 0; i < batch.packets.size; i++) {
            verdicts.add(visits[i] ? BatchProbe.verdict(batch, i, config) : "passed-by");
        }
        return verdicts;
    }

    /** The same without telling, which allocates nothing. */
    public void process() {
        BatchProbe.forget(batch);
        track();
        int n = 0;
        for (int i = 0; i < batch.packets.size; i++) {
            boolean passesBy = config.honoursOffload() && batch.isOffloaded(i);
            if (passesBy && config.offloadedCounter() >= 0) {
                counters[config.offloadedCounter()]++;
            }
            visits[i] = !passesBy && (batch.hasFlow(i) || config.takesUnhandled());
            if (visits[i]) {
                picks[n++] = i;
            }
        }
        releaseAliases();
        if (n > 0) {
            node.process(batch, picks, n);
        }
        reportEnded();
    }

    private void track() {
        FlowVector flows = batch.flows;
        extractor.extract(flows);
        if (flows.hasFragments()) {
            extractor.joinFragments(flows, fragments);
        }
        aliases.resolve(flows);
        track(4);
        track(6);
        table.advance(time);
        batch.now = table.now();
        for (int i = 0; i < batch.packets.size; i++) {
            batch.flow[i] = flows.hasFlow(i) ? flows.flow(i) : FlowVector.NO_FLOW;
            batch.flags[i] = !flows.hasFlow(i)
                    ? 0
                    : (flows.isReverse(i) ? Batch.REVERSE : 0)
                            | (flows.isFirst(i) ? Batch.FIRST : 0)
                            | (flows.isOffloaded(i) ? Batch.OFFLOADED : 0);
            if (flows.hasFlow(i) && flows.isFirst(i)) {
                flow.at(batch.flow[i]).setInt(FIRST_PORT, batch.packets.port[i] + 1);
            }
            if (flows.quoted(i) != 0 && extractor.extractQuoted(flows, i, quoted, 0)) {
                relate(i);
            }
        }
    }

    /** Points an ICMP error at the flow that it quotes, against the direction of the quoted packet. */
    private void relate(int i) {
        aliases.resolve(quoted, 0);
        int found = table.find(quoted, 0);
        if (found != FlowVector.NO_FLOW) {
            batch.flow[i] = found;
            batch.flags[i] = Batch.RELATED | (table.isReverse(quoted, 0, found) ? 0 : Batch.REVERSE);
        }
    }

    private void track(int which) {
        int n = 0;
        for (int i = 0; i < batch.packets.size; i++) {
            if (batch.flows.family(i) == which) {
                family[n++] = i;
            }
        }
        table.track(which, batch.flows, family, 0, n, records);
    }

    /** Moves the clock, ends the flows whose time has come, and ticks. */
    public void tick(long now) {
        time = now;
        table.advance(now);
        boolean through;
        do {
            through = table.expire(records);
            reportEnded();
        } while (!through);
        node.tick(table.now());
    }

    /** Ends all flows, as control may, and ticks. */
    public void purge() {
        boolean through;
        do {
            through = table.purge(_ -> true, records);
            reportEnded();
        } while (!through);
        node.tick(table.now());
    }

    private int released;

    /** Takes back the second keys of flows that ended since the last call. */
    private void releaseAliases() {
        for (; released < records.size(); released++) {
            aliases.ended(records.get(released, record));
        }
    }

    private void reportEnded() {
        releaseAliases();
        for (int i = 0; i < records.size() && config.wantsEnded(); i++) {
            node.ended(records.get(i, record));
        }
        records.clear();
        released = 0;
    }

    /** Name of the port by which packet {@code i} is to leave, {@code none} where nobody said. */
    public String egress(int i) {
        return batch.egress[i] == Batch.NO_PORT ? "none" : ports.get(batch.egress[i]);
    }

    /** What the node counted under that name. */
    public long counter(String name) {
        int i = config.counters().indexOf(name);
        assertThat(i).as("counter %s of %s", name, config.counters()).isNotNegative();
        return counters[i];
    }

    /** What the node says of packet {@code i} to a person who traces it. */
    public String trace(int i) {
        var out = new StringBuilder();
        node.trace(batch, i, out);
        return out.toString();
    }

    /** Octets of packet {@code i} as they are now. */
    public byte[] frame(int i) {
        return batch.packets
                .data
                .asSlice(batch.packets.offset[i], batch.packets.captured[i])
                .toArray(ValueLayout.JAVA_BYTE);
    }

    /** Makes every {@link #send} fail with this {@link dev.weir.wire.SendFault} from here on; 0 for none. */
    public void failSends(int fault) {
        sendFault = fault;
    }

    /** How many frames were sent; {@link #sent} has them but while {@link #assertAllocatesNothing} runs. */
    public long sentFrames() {
        return sentFrames;
    }

    /**
     * Runs this batch again and again, {@code step} nanoseconds later each time, until a round of a thousand allocates
     * nothing, as it must when the code is compiled.
     */
    public void assertAllocatesNothing(long step) {
        keepSent = false;
        long allocated = Allocation.octetsPerCall(1_000, () -> again(step));
        keepSent = true;
        assertThat(allocated).as("octets allocated a batch").isZero();
    }

    private void again(long step) {
        time += step;
        for (int i = 0; i < batch.packets.size; i++) {
            batch.packets.time[i] = time;
            batch.egress[i] = Batch.NO_PORT;
        }
        process();
        tickQuietly();
    }

    private void tickQuietly() {
        boolean through;
        do {
            through = table.expire(records);
            reportEnded();
        } while (!through);
        node.tick(time);
    }

    @Override
    public int worker() {
        return worker;
    }

    /** Nobody sleeps: its turns come when the test says so. */
    @Override
    public void rouse() {}

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public FlowTable table() {
        return table;
    }

    @Override
    public FlowContext flow() {
        return flow;
    }

    @Override
    public int annex() {
        return ANNEX;
    }

    @Override
    public <T> T shared(Class<T> type, Supplier<? extends T> make) {
        return type.cast(shared.computeIfAbsent(type, _ -> make.get()));
    }

    @Override
    public int port(String name) {
        int i = ports.indexOf(name);
        assertThat(i).as("port %s of %s", name, ports).isNotNegative();
        return i;
    }

    @Override
    public int ports() {
        return ports.size();
    }

    @Override
    public long macAddress(int port) {
        return 0x0200_0000_0100L + port;
    }

    /** Gives a port IP addresses; to be called before the node is made anew. */
    public NodeBench addresses(String port, String... texts) {
        addresses.put(port, Stream.of(texts).map(InetAddress::ofLiteral).toList());
        return this;
    }

    @Override
    public boolean isUp(int port) {
        return true;
    }

    @Override
    public List<InetAddress> addresses(int port) {
        return addresses.getOrDefault(ports.get(port), List.of());
    }

    @Override
    public int entryPort(int index) {
        return entry.at(index).getInt(FIRST_PORT) - 1;
    }

    @Override
    public boolean owns(FlowTuple tuple) {
        return aliases.owns(tuple);
    }

    @Override
    public int alias(Batch which, int i, FlowTuple second) {
        return aliases.alias(which, i, second);
    }

    @Override
    public void markOffloaded(Batch which, int i, boolean offloaded) {
        flow().at(which.flow[i]).setOffloaded(offloaded);
    }

    @Override
    public void decidesAnew() {}

    @Override
    public void recall(OffloadedFlow flow) {}

    /** How many second keys the flows have. */
    public int aliases() {
        return aliases.size();
    }

    @Override
    public void count(int counter, long n) {
        counters[counter] += n;
    }

    @Override
    public int send(int port, MemorySegment data, long offset, int length, long offload) {
        if (sendFault != 0) {
            return sendFault;
        }
        sentFrames++;
        if (keepSent) {
            byte[] frame = data.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
            sent.add(new Sent(ports.get(port), frame, offload));
        }
        return 0;
    }

    @Override
    public void close() {
        node.close();
        aliases.close();
        table.close();
        arena.close();
    }
}
