package dev.weir.p4.run;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Reach;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.table.match.IdleTimeout;
import dev.weir.table.match.MatchTable;
import dev.weir.table.match.MatchTableConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one worker has of a program: its tables, counters, meters and registers, and what was decided about the packets of the last vector. One thread
 * makes every call; {@link #run} allocates nothing.
 */
public final class ProgramState implements AutoCloseable {
    /** How many slots for mirrored packets there are. */
    public static final int MIRROR_SLOTS = 4;

    /** Of {@link #mirrors}: no session. */
    public static final int NO_SESSION = -1;

    /** How many entries of each table are ended between two vectors. */
    private static final int MOST_ENDED = 1024;

    /** What was decided, by the packet's number in the vector: a {@link Verdict#code}. */
    public final int[] verdict;

    /** Where a packet that is forwarded leaves. */
    public final int[] egress;

    /** What was said of each packet's flow: a {@link FlowMark#code}. */
    public final byte[] marks;

    /** Of each packet, {@link #MIRROR_SLOTS} sessions. */
    public final int[] mirrors;

    /** For compiled code: numbers of more than 64 bits, and the front of a packet. */
    public final long[] wide;

    /** For compiled code: where the front of a packet is put together. */
    public final MemorySegment front;

    long now;
    long packetBytes;

    private final Pipeline pipeline;
    private final Arena arena = Arena.ofShared();
    private final RunOptions options;
    private final SplittableRandom random;
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private final TableRun[] tables;
    private final Map<String, TableControl> controls = new LinkedHashMap<>();
    private final Map<String, Cells> cells = new LinkedHashMap<>();
    private final Map<String, ProfileRun> profiles = new LinkedHashMap<>();
    private final ValueSetRun[] valueSets;
    private final MirrorSessions sessions = new MirrorSessions();
    final CallWords calls;
    private final long[] digestWords;
    /** How many bytes before each packet may be written. */
    private int headroom;

    private boolean again;
    private long changes;

    /** Of a program that marks flows. */
    private final @Nullable Grounds grounds;

    /**
     * @param capacity of vectors
     * @param wideWords as compiled code asks
     * @param frontBytes as compiled code asks
     */
    public ProgramState(Pipeline pipeline, RunOptions options, int capacity, int wideWords, int frontBytes) {
        this.pipeline = pipeline;
        this.options = options;
        verdict = new int[capacity];
        egress = new int[capacity];
        marks = new byte[capacity];
        mirrors = new int[capacity * MIRROR_SLOTS];
        wide = new long[wideWords];
        digestWords = new long
                [pipeline.digests().stream().mapToInt(ProgramState::words).max().orElse(0)];
        tables = new TableRun[pipeline.tables().size()];
        valueSets = new ValueSetRun[pipeline.valueSets().size()];
        calls = new CallWords(pipeline);
        random = new SplittableRandom(options.seed());
        front = arena.allocate(frontBytes + 8L, 8);
        try {
            for (Resource resource : pipeline.resources()) {
                resources.put(resource.name(), resource);
                if (!resource.direct()) cells.put(resource.name(), new Cells(resource, this));
            }
            for (ActionProfile profile : pipeline.profiles()) {
                profiles.put(profile.name(), new ProfileRun(profile, pipeline, calls, arena));
            }
            for (int i = 0; i < valueSets.length; i++) {
                valueSets[i] = new ValueSetRun(pipeline.valueSets().get(i), this);
            }
            for (int i = 0; i < tables.length; i++)
                tables[i] = start(pipeline.tables().get(i));
            controls.values().forEach(TableControl::begin);
            grounds = Reach.marksFlows(pipeline) ? new Grounds(tables(), capacity) : null;
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private static int words(Pipeline.Digest digest) {
        return digest.fields().stream()
                .mapToInt(field -> Wide.limbs(field.width()))
                .sum();
    }

    private TableRun start(Table table) {
        EntryLayout layout = EntryLayout.of(pipeline, table);
        TableRun.Owner owner = new TableRun.Owner();
        MatchTable entries = table.keys().isEmpty() ? null : MatchTable.create(config(table, layout), owner);
        MemorySegment defaults = arena.allocate(16L * layout.words(), 8);
        TableRun run = new TableRun(table, layout, entries, owner, defaults, this, options, verdict.length);
        controls.put(table.name(), run.control());
        return run;
    }

    private MatchTableConfig config(Table table, EntryLayout layout) {
        IdleTimeout idle = options.rules() == Rules.P4TC
                ? IdleTimeout.DELETE
                : switch (table.idle()) {
                    case NONE -> IdleTimeout.NONE;
                    case NOTIFY -> IdleTimeout.NOTIFY;
                    case DELETE -> IdleTimeout.DELETE;
                };
        return MatchTableConfig.of(MatchKeys.layout(table.fields()), table.size())
                .withPayloadBytes(8 * layout.words())
                .withIdleTimeout(idle);
    }

    /** How many bytes the headers that a program emits can have together, once each. */
    public static int frontBytes(List<HeaderType> emitted) {
        return emitted.stream().mapToInt(type -> type.mostBits() / 8).sum();
    }

    /** Runs compiled code over the packets {@code picks[0]} to {@code picks[n - 1]}; {@code now} does not go back. */
    public void run(PacketCode code, PacketVector packets, int[] picks, int n, long now) {
        advance(now);
        headroom = options.headroom();
        code.run(packets, picks, n);
    }

    /** Moves the clock, which does not go back, and ends entries that are over; for when no packets come. */
    public void advance(long now) {
        this.now = Math.max(this.now, now);
        for (TableRun table : tables) {
            if (table.entries != null) table.entries.expire(this.now, MOST_ENDED);
        }
    }

    /** Whether the packets of the next vectors come again. */
    public void setRecirculated(boolean again) {
        this.again = again;
    }

    /** For compiled code: 1 for packets that come again. */
    public long recirculated() {
        return again ? 1 : 0;
    }

    /** For compiled code: packet {@code i} is next. */
    public void begin(PacketVector packets, int i) {
        packetBytes = packets.length[i];
        verdict[i] = Verdict.PASS.code;
        marks[i] = FlowMark.UNSAID.code;
        if (grounds != null) grounds.begin();
        for (int slot = 0; slot < MIRROR_SLOTS; slot++) mirrors[i * MIRROR_SLOTS + slot] = NO_SESSION;
    }

    /** For compiled code. */
    public void forward(int i, long port) {
        verdict[i] = Verdict.FORWARD.code;
        egress[i] = (int) port;
    }

    /** For compiled code. Slots beyond the last are not there. */
    public void mirror(int i, long slot, long session) {
        if (slot < MIRROR_SLOTS) mirrors[i * MIRROR_SLOTS + (int) slot] = (int) session;
    }

    /** For compiled code. */
    public void markFlow(int i, long offloaded) {
        marks[i] = (offloaded != 0 ? FlowMark.OFFLOADED : FlowMark.NOT_OFFLOADED).code;
        if (offloaded != 0 && grounds != null) grounds.marked(i);
    }

    /** For compiled code. */
    public void recallFlows() {
        if (grounds != null) grounds.recall();
    }

    /** By which entries flows are marked; {@code null} for a program that marks none. */
    public @Nullable Grounds grounds() {
        return grounds;
    }

    /** For compiled code. */
    public long random(long low, long high) {
        return Narrow.between(random.nextLong(), low, high);
    }

    /** For compiled code. */
    public void drop(int i) {
        verdict[i] = Verdict.DROP.code;
    }

    /** For compiled code. */
    public void recirculate(int i) {
        verdict[i] = Verdict.RECIRCULATE.code;
    }

    /** For compiled code: a word of the next digest. */
    public void digestWord(int at, long word) {
        digestWords[at] = word;
    }

    /** For compiled code: sends a digest, whose words are there. */
    public void digest(int number) {
        options.digestListener().digest(pipeline.digests().get(number), digestWords);
    }

    /**
     * For compiled code: puts the first {@code bytes} bytes of {@link #front} before the payload of packet {@code i}, which begins at {@code payload}. Where it
     * has no room to grow, all packets of the vector move to where they have.
     */
    public void replaceFront(PacketVector packets, int i, long payload, long bytes) {
        int growth = (int) (packets.offset[i] - payload + bytes);
        if (growth > headroom || growth > packets.offset[i]) {
            headroom = (int) front.byteSize();
            packets.moveApart(headroom);
        }
        long begin = packets.offset[i] - growth;
        MemorySegment.copy(front, 0, packets.data, begin, bytes);
        packets.offset[i] = begin;
        packets.captured[i] += growth;
        packets.length[i] += growth;
        if (packets.offload.length > 0) packets.offload[i] = Offload.shifted(packets.offload[i], growth);
    }

    /** For compiled code: by its number in the pipeline. */
    public TableRun tableNumber(int number) {
        return tables[number];
    }

    /** For compiled code: by its number in the pipeline. */
    public ValueSetRun valueSetNumber(int number) {
        return valueSets[number];
    }

    public ValueSetRun valueSet(String name) {
        return Objects.requireNonNull(findValueSet(name), name);
    }

    /** {@code null} when there is none of that name. */
    @Nullable
    ValueSetRun findValueSet(String name) {
        for (ValueSetRun set : valueSets) {
            if (set.set().name().equals(name)) return set;
        }
        return null;
    }

    List<ValueSetRun> valueSets() {
        return List.of(valueSets);
    }

    public ProfileRun profile(String name) {
        return Objects.requireNonNull(profiles.get(name), name);
    }

    /** From now on ports are up as this says, which is asked in {@link #followPorts}. */
    public void setPorts(IntPredicate isUp) {
        for (ProfileRun profile : profiles.values()) profile.setPorts(isUp);
    }

    /** Has members whose port went down leave the choice, and come back. To be called some times a second. */
    public void followPorts() {
        for (ProfileRun profile : profiles.values()) profile.follow();
    }

    List<ProfileRun> profiles() {
        return List.copyOf(profiles.values());
    }

    /** {@code null} when there is none of that name. */
    @Nullable
    ProfileRun findProfile(String name) {
        return profiles.get(name);
    }

    /** The control plane has changed something that packets meet. */
    public void changed() {
        changes++;
    }

    /** How often it has. */
    public long changes() {
        return changes;
    }

    /** Where mirrored packets go. */
    public MirrorSessions sessions() {
        return sessions;
    }

    /** Has the kernel give the memory now that tables will need wherever their entries lie; before packets come. */
    public void touch() {
        for (TableRun table : tables) {
            if (table.entries() != null) table.entries().touch();
        }
    }

    List<TableRun> tables() {
        return List.of(tables);
    }

    /** {@code null} when there is none of that name. */
    @Nullable
    TableRun findTable(String name) {
        TableControl control = controls.get(name);
        return control == null ? null : control.run();
    }

    public TableRun table(String name) {
        return control(name).run();
    }

    public TableControl control(String table) {
        return Objects.requireNonNull(controls.get(table), table);
    }

    /** The cells of a resource that is not direct. */
    public Cells cells(String resource) {
        return Objects.requireNonNull(cells.get(resource), resource);
    }

    /** Has these ports face the host and no others, for a program that asks. */
    public void setHostPorts(int[] ports) {
        Cells host = cells.get(Resource.HOST_PORTS);
        Resource register = resources.get(Resource.HOST_PORTS);
        if (host == null || register == null) return;
        for (int port = 0; port < register.size(); port++) host.setRegister(port, BigInteger.ZERO);
        for (int port : ports) {
            if (port < register.size()) host.setRegister(port, BigInteger.ONE);
        }
    }

    @Nullable
    Resource resource(String name) {
        return resources.get(name);
    }

    /** The worker's clock, nanoseconds since 1970. */
    public long now() {
        return now;
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    @Override
    public void close() {
        for (TableControl control : controls.values()) control.run().close();
        for (ValueSetRun set : valueSets) {
            if (set != null) set.close();
        }
        cells.values().forEach(Cells::close);
        arena.close();
    }
}
