package dev.weir.server.p4runtime;

import com.google.protobuf.Any;
import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.ControllerPacketMetadata;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.v1.ForwardingPipelineConfig;
import dev.weir.api.p4.v1.IdleTimeoutNotification;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.v1.EntryEvent;
import dev.weir.api.v1.EntryEvents;
import dev.weir.api.v1.WatchEntries;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.node.CpuPort;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.Origin;
import dev.weir.server.p4info.P4InfoMaker;
import dev.weir.server.p4runtime.ProgramInfo.TableLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A node that runs programs, for controllers: who they are, which program runs, what they are told. Any thread. */
final class Device {
    /** Idle entries in a message, entries' events in a message. */
    private static final int MOST_TOLD = 512;

    private final long id;
    private final String node;
    private final ProgramHost programs;
    private final Map<String, Election> elections = new ConcurrentHashMap<>();
    private final List<Controller> controllers = new CopyOnWriteArrayList<>();
    private final DigestLists digests = new DigestLists();
    private final Object lock = new Object();

    /** What of them is to be told, since the last {@link #tell}. */
    private final List<EntryState> idle = new ArrayList<>();

    private final List<ProgramEvent.OfEntry> events = new ArrayList<>();
    private long lost;

    private @Nullable ForwardingPipeline pipeline;
    private @Nullable SavedPipeline saved;
    private ProgramRuntime.@Nullable Watch watch;
    private @Nullable ProgramRuntime watched;

    Device(long id, String node, ProgramHost programs) {
        this.id = id;
        this.node = node;
        this.programs = programs;
    }

    long id() {
        return id;
    }

    String node() {
        return node;
    }

    DigestLists digests() {
        return digests;
    }

    /** The election of a role, which is there from now on. */
    Election election(String role) {
        return elections.computeIfAbsent(role, name -> new Election(id, name));
    }

    /** Null for a role that nobody has had. */
    @Nullable
    Election knownElection(String role) {
        return elections.get(role);
    }

    void joined(Controller controller) {
        if (!controllers.contains(controller)) controllers.add(controller);
        follow();
    }

    void left(Controller controller) {
        controllers.remove(controller);
        follow();
    }

    /** The program that runs, or null. One that came by another way than P4Runtime has a P4Info as well. */
    @Nullable
    ForwardingPipeline pipeline() {
        synchronized (lock) {
            ProgramRuntime runs = programs.running(node);
            if (runs == null) {
                pipeline = null;
            } else if (pipeline == null || pipeline.runtime() != runs) {
                ProgramInfo info = info(runs.image());
                ForwardingPipelineConfig config = ForwardingPipelineConfig.newBuilder()
                        .setP4Info(info.info())
                        .build();
                pipeline = new ForwardingPipeline(runs, info, config);
                digests.begin(info);
            }
            return pipeline;
        }
    }

    /** What ids stand for in a program. */
    ProgramInfo info(ProgramImage image) {
        P4Info info = P4InfoMaker.of(image.typed());
        Translations translations =
                new Translations(info.getTypeInfo(), P4InfoMaker.widths(image.typed()), programs::portNames);
        return new ProgramInfo(info, image.schema(), translations);
    }

    /** What was saved and does not run yet; null for nothing. */
    @Nullable
    SavedPipeline saved() {
        synchronized (lock) {
            return saved;
        }
    }

    void save(SavedPipeline next) {
        synchronized (lock) {
            saved = next;
        }
    }

    /** As it was set last, whether it runs or not. */
    @Nullable
    ForwardingPipelineConfig config() {
        synchronized (lock) {
            if (saved != null) return saved.verified().config();
            ForwardingPipeline runs = pipeline();
            return runs == null ? null : runs.config();
        }
    }

    /** A controller has set what runs. */
    void configured(ForwardingPipeline next) {
        synchronized (lock) {
            pipeline = next;
            saved = null;
            digests.begin(next.info());
        }
        follow();
    }

    /** Watches what runs, as long as there are controllers. */
    private void follow() {
        synchronized (lock) {
            ForwardingPipeline runs = controllers.isEmpty() ? null : pipeline();
            ProgramRuntime next = runs == null ? null : runs.runtime();
            if (next == watched) return;
            if (watch != null) watch.close();
            if (watched != null) watched.config().control().cpu().open(false);
            watched = next;
            watch = next == null ? null : next.watch(this::happened);
            if (next != null) next.config().control().cpu().open(true);
        }
    }

    /** In the program's thread. */
    private void happened(ProgramEvent event) {
        synchronized (lock) {
            switch (event) {
                case ProgramEvent.OfDigest digest -> learned(digest);
                case ProgramEvent.OfEntry entry -> changed(entry);
                case ProgramEvent.Lost some -> lost += some.events();
                case ProgramEvent.Flushed _ -> {}
            }
        }
    }

    private void learned(ProgramEvent.OfDigest digest) {
        ForwardingPipeline runs = pipeline;
        if (runs == null) return;
        var known = runs.info().digest(digest.digest());
        if (known == null || !digests.isWanted(known.getPreamble().getId())) return;
        digests.add(
                known.getPreamble().getId(),
                runs.info().data().data(known.getTypeSpec(), digest.values()),
                System.nanoTime());
    }

    private void changed(ProgramEvent.OfEntry event) {
        boolean over = event.kind() == ProgramEvent.Kind.IDLE
                || (event.kind() == ProgramEvent.Kind.DELETED && event.by().author() == Author.TIMER);
        if (over && idle.size() < MOST_TOLD) idle.add(event.entry());
        if (event.kind() == ProgramEvent.Kind.IDLE) return;
        if (controllers.stream().noneMatch(each -> each.watch() != null)) return;
        if (events.size() < MOST_TOLD) {
            events.add(event);
        } else {
            lost++;
        }
    }

    /** Sends what is to be told. To be called every few milliseconds, by one thread. */
    void tell() {
        follow();
        ForwardingPipeline runs;
        List<EntryState> over;
        List<ProgramEvent.OfEntry> happened;
        long gone;
        synchronized (lock) {
            runs = pipeline;
            over = List.copyOf(idle);
            happened = List.copyOf(events);
            gone = lost;
            idle.clear();
            events.clear();
            lost = 0;
        }
        if (runs == null) return;
        ControllerPacketMetadata header = runs.info().header(PacketHeaders.IN);
        cpu(runs)
                .drainTo(packet -> toPrimaries(StreamMessageResponse.newBuilder()
                        .setPacket(PacketHeaders.in(packet, header, runs.info().translations()))
                        .build()));
        tellIdle(over, runs);
        tellEvents(happened, gone, runs);
        long timestamp = System.currentTimeMillis() * 1_000_000;
        digests.due(System.nanoTime(), timestamp)
                .forEach(list -> toPrimaries(
                        StreamMessageResponse.newBuilder().setDigest(list).build()));
    }

    private static CpuPort cpu(ForwardingPipeline runs) {
        return runs.runtime().config().control().cpu();
    }

    private void tellIdle(List<EntryState> over, ForwardingPipeline runs) {
        IdleTimeoutNotification.Builder notification = IdleTimeoutNotification.newBuilder();
        for (EntryState state : over) {
            TableLink table = runs.info().table(state.table().name());
            if (table != null) notification.addTableEntry(EntryCodec.keyOf(state, table));
        }
        if (notification.getTableEntryCount() == 0) return;
        notification.setTimestamp(System.currentTimeMillis() * 1_000_000);
        toPrimaries(StreamMessageResponse.newBuilder()
                .setIdleTimeoutNotification(notification)
                .build());
    }

    private void toPrimaries(StreamMessageResponse message) {
        for (Election election : elections.values()) {
            if (election.primary() instanceof Controller primary) {
                boolean _ = primary.offer(message);
            }
        }
    }

    private void tellEvents(List<ProgramEvent.OfEntry> happened, long gone, ForwardingPipeline runs) {
        if (happened.isEmpty() && gone == 0) return;
        for (Controller controller : controllers) {
            WatchEntries wanted = controller.watch();
            if (wanted == null) continue;
            EntryEvents.Builder told = EntryEvents.newBuilder().setLost(gone);
            for (ProgramEvent.OfEntry event : happened) {
                TableLink table = runs.info().table(event.entry().table().name());
                if (table != null && isWanted(event, table, wanted)) told.addEvents(event(event, table));
            }
            if (told.getEventsCount() == 0 && gone == 0) continue;
            boolean _ = controller.offer(StreamMessageResponse.newBuilder()
                    .setOther(Any.pack(told.build()))
                    .build());
        }
    }

    private static boolean isWanted(ProgramEvent.OfEntry event, TableLink table, WatchEntries wanted) {
        boolean its = wanted.getTableIdsCount() == 0 || wanted.getTableIdsList().contains(table.id());
        return its && (wanted.getAllAuthors() || event.by().author() != Author.CONTROL);
    }

    private static EntryEvent event(ProgramEvent.OfEntry event, TableLink table) {
        long at = event.at();
        return EntryEvent.newBuilder()
                .setKind(
                        switch (event.kind()) {
                            case CREATED -> EntryEvent.Kind.CREATED;
                            case UPDATED -> EntryEvent.Kind.UPDATED;
                            case DELETED -> EntryEvent.Kind.DELETED;
                            case IDLE -> EntryEvent.Kind.KIND_UNSPECIFIED;
                        })
                .setAuthor(author(event.by()))
                .setEntry(EntryCodec.entry(event.entry(), table))
                .setTime(Timestamp.newBuilder().setSeconds(at / 1_000_000_000).setNanos((int) (at % 1_000_000_000)))
                .build();
    }

    private static EntryEvent.Author author(Origin by) {
        return switch (by.author()) {
            case DATA_PATH -> EntryEvent.Author.PACKET;
            case TIMER -> EntryEvent.Author.TIMER;
            case CONTROL -> EntryEvent.Author.CONTROLLER;
        };
    }

    void packetOut(PacketOut packet) throws EntityFault {
        ForwardingPipeline runs = pipeline();
        if (runs == null) {
            throw new EntityFault(Code.FAILED_PRECONDITION, "packet: no program runs; set a forwarding pipeline");
        }
        byte[] octets = PacketHeaders.out(
                packet, runs.info().header(PacketHeaders.OUT), runs.info().translations());
        if (!cpu(runs).inject(octets)) {
            throw new EntityFault(
                    Code.RESOURCE_EXHAUSTED, "packet: too many are on their way, or it is too long; send fewer");
        }
    }

    void close() {
        synchronized (lock) {
            if (watch != null) watch.close();
            if (watched != null) watched.config().control().cpu().open(false);
            watch = null;
            watched = null;
        }
    }
}
