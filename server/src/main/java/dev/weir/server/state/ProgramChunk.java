package dev.weir.server.state;

import dev.weir.p4.control.TableSettings;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.tc.Permissions;
import dev.weir.server.programs.LoadedProgram;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chunk has of a program. Nothing here is known to fit the program; any octets are a chunk or give a {@link SnapshotException}. One thread.
 *
 * <pre>
 * payload: node, fingerprint, worker u32, workers u32, part u32
 * part 1, entries: table, default action words, entries
 * part 2, cells: resource, first u32, words
 * part 3, members: profile, members: number i64, call
 * part 4, groups: profile, groups: number i64, most u32, members: number i64, weight u32, port i32
 * part 5, value set: name, keys: words
 * part 6, sessions: first u32, sessions as configured, sessions
 * part 7, entries that refer to members or groups: table, default action words, entries, each with u32 1 and calls with weight u32, port i32 where it has a group of its own, else 0
 * part 8, what was set for a table: table, permissions u32, lifetimes: i64, 1 and the call of entries without one, else 0
 * part 9, that it was loaded, as {@link LoadedCodec} has it; before all others of its node
 *
 * entry: key words, priority u32, payload words, lifetime i64, last hit i64, notes
 * call: action, arguments: words, the least significant first
 * session: number u32, copies: port u32, instance u32; contents, most u32, one in u32
 * </pre>
 *
 * @param worker whose it is; of parts 3 to 6, 8 and 9, which are the same in all, the first one's
 * @param workers how many there were
 */
record ProgramChunk(String node, String fingerprint, int worker, int workers, Part part) {
    private static final int ENTRIES = 1, CELLS = 2, MEMBERS = 3, GROUPS = 4, VALUES = 5, SESSIONS = 6, REFERRING = 7;
    private static final int SETTINGS = 8, LOADED = 9;

    /** What there is of it. */
    sealed interface Part {
        /** How many things. */
        int size();
    }

    /**
     * Of a table, to be written.
     *
     * @param entries as {@link KeptEntry#write} has written them
     */
    record Written(String table, Words defaults, int size, FieldWriter entries, boolean refer) implements Part {}

    /** Of a table, as they were read. */
    record Entries(String table, Words defaults, List<KeptEntry> entries, boolean refer) implements Part {
        @Override
        public int size() {
            return entries.size();
        }
    }

    /** Of a resource that is not direct. */
    record Cells(String resource, int first, Words words) implements Part {
        @Override
        public int size() {
            return 1;
        }
    }

    record Members(String profile, Map<Long, Table.Call> members) implements Part {
        @Override
        public int size() {
            return members.size();
        }
    }

    record Groups(String profile, Map<Long, Group> groups) implements Part {
        @Override
        public int size() {
            return groups.size();
        }
    }

    /** Of a value set. */
    record Values(String set, List<Words> keys) implements Part {
        @Override
        public int size() {
            return keys.size();
        }
    }

    /**
     * Mirror sessions.
     *
     * @param first whether no other chunk of the program has had some; of others {@code declared} is empty
     */
    record Sessions(boolean first, Map<Integer, Session> declared, Map<Integer, Session> sessions) implements Part {
        @Override
        public int size() {
            return sessions.size();
        }
    }

    /** What was set for a table. */
    record Settings(String table, TableSettings settings) implements Part {
        @Override
        public int size() {
            return 1;
        }
    }

    /** That the program was loaded while packets flowed, and what it takes to load it again. */
    record Loaded(LoadedProgram program) implements Part {
        @Override
        public int size() {
            return 1;
        }
    }

    /** Numbers of 64 bits that nobody changes. */
    static final class Words {
        final long[] all;

        Words(long[] all) {
            this.all = all;
        }
    }

    void write(FieldWriter out) {
        out.put(node).put(fingerprint).put(worker).put(workers);
        switch (part) {
            case Written p ->
                out.put(p.refer ? REFERRING : ENTRIES)
                        .put(p.table)
                        .put(p.defaults.all)
                        .put(p.size)
                        .put(p.entries);
            case Entries p -> throw new IllegalStateException(p.table + ": what was read is not written again");
            case Cells p -> out.put(CELLS).put(p.resource).put(p.first).put(p.words.all);
            case Members p ->
                out.put(MEMBERS)
                        .put(p.profile)
                        .put(
                                List.copyOf(p.members.entrySet()),
                                (o, each) -> CallCodec.write(o.put(each.getKey()), each.getValue()));
            case Groups p -> out.put(GROUPS).put(p.profile).put(List.copyOf(p.groups.entrySet()), ProgramChunk::write);
            case Values p -> out.put(VALUES).put(p.set).put(p.keys, (o, key) -> o.put(key.all));
            case Sessions p -> {
                out.put(SESSIONS).put(p.first ? 1 : 0);
                write(out, p.declared);
                write(out, p.sessions);
            }
            case Settings p -> {
                out.put(SETTINGS).put(p.table).put(p.settings.permissions().bits());
                out.put(p.settings.profiles(), FieldWriter::put);
                Table.Call hit = p.settings.hit();
                out.put(hit == null ? 0 : 1);
                if (hit != null) {
                    CallCodec.write(out, hit);
                }
            }
            case Loaded p -> LoadedCodec.write(out.put(LOADED), p.program);
        }
    }

    static ProgramChunk read(FieldReader in) throws SnapshotException {
        String node = in.text(), fingerprint = in.text();
        int worker = in.getInt(), workers = in.getInt(), kind = in.getInt();
        Part part = switch (kind) {
            case ENTRIES -> new Entries(in.text(), words(in), in.list(i -> KeptEntry.read(i, false)), false);
            case REFERRING -> new Entries(in.text(), words(in), in.list(i -> KeptEntry.read(i, true)), true);
            case CELLS -> new Cells(in.text(), in.getInt(), words(in));
            case MEMBERS -> new Members(in.text(), map(in, FieldReader::getLong, CallCodec::read));
            case GROUPS -> new Groups(in.text(), map(in, FieldReader::getLong, ProgramChunk::group));
            case VALUES -> new Values(in.text(), in.list(ProgramChunk::words));
            case SESSIONS -> new Sessions(in.getInt() != 0, sessions(in), sessions(in));
            case SETTINGS -> new Settings(in.text(), settings(in));
            case LOADED -> new Loaded(LoadedCodec.read(in, node));
            default ->
                throw new SnapshotException("a program's chunk is of part " + kind + ", which this Weir does not know");
        };
        in.end();
        return new ProgramChunk(node, fingerprint, worker, workers, part);
    }

    private static Words words(FieldReader in) throws SnapshotException {
        return new Words(in.longs());
    }

    private static TableSettings settings(FieldReader in) throws SnapshotException {
        int permissions = in.getInt();
        List<Long> profiles = List.copyOf(in.list(FieldReader::getLong));
        Table.Call hit = in.getInt() == 0 ? null : CallCodec.read(in);
        try {
            return new TableSettings(new Permissions(permissions), profiles, hit);
        } catch (IllegalArgumentException e) {
            throw new SnapshotException(String.valueOf(e.getMessage()));
        }
    }

    private static <K, V> Map<K, V> map(FieldReader in, FieldReader.Element<K> key, FieldReader.Element<V> value)
            throws SnapshotException {
        Map<K, V> all = new LinkedHashMap<>();
        for (int left = in.count(Long.BYTES); left > 0; left--) {
            all.put(key.read(in), value.read(in));
        }
        return all;
    }

    private static void write(FieldWriter out, Map.Entry<Long, Group> group) {
        out.put(group.getKey()).put(group.getValue().maxSize());
        out.put(
                group.getValue().members(),
                (o, each) -> o.put(each.member()).put(each.weight()).put(each.watch()));
    }

    private static Group group(FieldReader in) throws SnapshotException {
        int maxSize = in.getInt();
        return new Group(in.list(i -> new Weighted(i.getLong(), i.getInt(), i.getInt())), maxSize);
    }

    private static void write(FieldWriter out, Map<Integer, Session> sessions) {
        out.put(List.copyOf(sessions.entrySet()), (o, each) -> {
            Session session = each.getValue();
            o.put(each.getKey())
                    .put(session.replicas(), (to, copy) -> to.put(copy.port()).put(copy.instance()));
            MirrorCopy copy = session.copy();
            o.put(copy.contents().name()).put(copy.most()).put(copy.oneIn());
        });
    }

    private static Map<Integer, Session> sessions(FieldReader in) throws SnapshotException {
        return map(in, FieldReader::getInt, ProgramChunk::session);
    }

    private static Session session(FieldReader in) throws SnapshotException {
        List<Replica> copies = in.list(i -> new Replica(i.getInt(), i.getInt()));
        String contents = in.text();
        int most = in.getInt(), oneIn = in.getInt();
        try {
            return new Session(copies, new MirrorCopy(MirrorCopy.Contents.valueOf(contents), most, oneIn));
        } catch (IllegalArgumentException e) {
            throw new SnapshotException("a mirror session cannot be: " + e.getMessage());
        }
    }
}
