package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A map that programs in the kernel and this process share (bpf(2)). It lives as long as a descriptor or a loaded program
 * has it: nothing stays when the process ends. Keys and values are octets of fixed lengths, as the programs read them;
 * calls return 0 or a positive count, or the negative number of Linux's error: -2 (ENOENT) no such key, -7 (E2BIG) full,
 * -17 (EEXIST) there already.
 *
 * <p>Any thread, one call at a time: calls wait for each other. They allocate nothing. Each element's update or removal is
 * one step for programs; batches are not.
 */
public final class EbpfMap implements AutoCloseable {
    /**
     * What a map is made as.
     *
     * @param name at most 15 letters, digits, underscores
     * @param keyOctets of a key
     * @param valueOctets of a value; its beginning lies on eight octets
     * @param entries how many there can be
     */
    public record Shape(EbpfMapType type, String name, int keyOctets, int valueOctets, int entries) {}

    /** A flag of {@link #put}: there must be no such key yet. */
    public static final int ONLY_NEW = 1;

    private static final int CREATE = 0, LOOKUP = 1, UPDATE = 2, DELETE = 3, LOOKUP_AND_DELETE = 21;
    private static final int LOOKUP_BATCH = 24, UPDATE_BATCH = 26, DELETE_BATCH = 27;
    private static final int MAPPABLE = 1 << 10;
    /** Where a walk of all elements stands; the kernel takes four octets of it. */
    private static final int CURSOR_SIZE = 8;

    private final int descriptor;
    private final Shape shape;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment attributes = arena.allocate(Bpf.ATTRIBUTES_SIZE, 8);

    private EbpfMap(int descriptor, Shape shape) {
        this.descriptor = descriptor;
        this.shape = shape;
    }

    /** @throws PortException when the kernel does not make it; the message begins with {@code owner} */
    public static EbpfMap create(String owner, EbpfUse use, Shape shape) throws PortException {
        return create(owner, use, shape, 0, 0);
    }

    /**
     * The same for an {@link EbpfMapType#ARRAY} that {@link #mapped} maps.
     *
     * @throws PortException when the kernel does not make it; the message begins with {@code owner}
     */
    public static EbpfMap createMappable(String owner, EbpfUse use, Shape shape) throws PortException {
        return create(owner, use, shape, MAPPABLE, 0);
    }

    /**
     * The same for an {@link EbpfMapType#ARRAY_OF_MAPS}; its maps are of the shape of {@code like}.
     *
     * @throws PortException when the kernel does not make it; the message begins with {@code owner}
     */
    public static EbpfMap createOfMaps(String owner, EbpfUse use, Shape shape, EbpfMap like) throws PortException {
        return create(owner, use, shape, 0, like.descriptor);
    }

    private static EbpfMap create(String owner, EbpfUse use, Shape shape, int flags, int inner) throws PortException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(Bpf.ATTRIBUTES_SIZE, 8);
            attributes.set(JAVA_INT, 0, shape.type.number);
            attributes.set(JAVA_INT, 4, shape.keyOctets);
            attributes.set(JAVA_INT, 8, shape.valueOctets);
            attributes.set(JAVA_INT, 12, shape.entries);
            attributes.set(JAVA_INT, 16, flags);
            attributes.set(JAVA_INT, 20, inner);
            Bpf.putName(attributes, 28, shape.name);
            int fd = Bpf.command(CREATE, attributes);
            if (fd < 0) throw EbpfFaults.map(owner, use, fd);
            return new EbpfMap(fd, shape);
        }
    }

    /** For other maps' values and for sockets. */
    public int descriptor() {
        return descriptor;
    }

    public Shape shape() {
        return shape;
    }

    /**
     * Sets the value of a key.
     *
     * @param how 0, or {@link #ONLY_NEW}
     */
    public int put(MemorySegment key, MemorySegment value, long how) {
        return element(UPDATE, key.address(), value.address(), how);
    }

    /** The same where both are 32 bits. */
    public int put(int key, int value) {
        try (Arena room = Arena.ofConfined()) {
            return put(room.allocateFrom(JAVA_INT, key), room.allocateFrom(JAVA_INT, value), 0);
        }
    }

    /** Reads the value of a key into {@code value}. */
    public int get(MemorySegment key, MemorySegment value) {
        return element(LOOKUP, key.address(), value.address(), 0);
    }

    /** The same, and removes it, in one step; a hash map's (Linux 5.14). */
    public int take(MemorySegment key, MemorySegment value) {
        return element(LOOKUP_AND_DELETE, key.address(), value.address(), 0);
    }

    public int remove(MemorySegment key) {
        return element(DELETE, key.address(), 0, 0);
    }

    /** Sets the values of {@code count} keys. @return how many were set, the first ones, or a failure at the first */
    public int putAll(MemorySegment keys, MemorySegment values, int count) {
        return batch(UPDATE_BATCH, MemorySegment.NULL, keys.address(), values.address(), count);
    }

    /** Removes {@code count} keys. @return how many were removed, up to the first that is not there */
    public int removeAll(MemorySegment keys, int count) {
        return batch(DELETE_BATCH, MemorySegment.NULL, keys.address(), 0, count);
    }

    /** A walk of all elements, for {@link #next}. */
    public static final class Walk {
        private boolean begun;
        private boolean ended;
        private final MemorySegment cursor;

        /** A walk whose state lives in {@code arena}. */
        public Walk(Arena arena) {
            cursor = arena.allocate(CURSOR_SIZE, 8);
        }
    }

    /**
     * The next elements of a walk; one that is added or removed meanwhile may be missed, none comes twice.
     *
     * @param room how many there is room for; a hash map may need some more than its longest chain has
     * @return how many there are now; 0 at the end
     */
    public synchronized int next(Walk walk, MemorySegment keys, MemorySegment values, int room) {
        if (walk.ended) return 0;
        int status = batch(
                LOOKUP_BATCH, walk.begun ? walk.cursor : MemorySegment.NULL, keys.address(), values.address(), room);
        int count = attributes.get(JAVA_INT, 32);
        walk.begun = true;
        walk.ended = status == -Errno.ENOENT;
        if (status < 0 && !walk.ended) return status;
        MemorySegment.copy(attributes, 64, walk.cursor, 0, CURSOR_SIZE);
        return count;
    }

    /** The elements of an array made by {@link #createMappable}, each on eight octets; until {@code arena} is closed. */
    public MemorySegment mapped(String owner, EbpfUse use, Arena arena) throws PortException {
        long octets = (long) shape.entries * roundedUp(shape.valueOctets);
        long address = Libc.mmap(0, octets, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, descriptor, 0);
        if (address < 0 && address > -4096) throw EbpfFaults.map(owner, use, (int) address);
        return MemorySegment.ofAddress(address).reinterpret(octets, arena, gone -> Libc.munmap(gone.address(), octets));
    }

    private static int roundedUp(int octets) {
        return octets + 7 & -8;
    }

    private synchronized int element(int command, long key, long value, long flags) {
        attributes.set(JAVA_LONG, 0, descriptor);
        attributes.set(JAVA_LONG, 8, key);
        attributes.set(JAVA_LONG, 16, value);
        attributes.set(JAVA_LONG, 24, flags);
        return SystemCalls.bpf(command, attributes, 32);
    }

    private synchronized int batch(int command, MemorySegment from, long keys, long values, int count) {
        attributes.set(JAVA_LONG, 0, from.address());
        attributes.set(JAVA_LONG, 8, attributes.address() + 64);
        attributes.set(JAVA_LONG, 16, keys);
        attributes.set(JAVA_LONG, 24, values);
        attributes.set(JAVA_INT, 32, count);
        attributes.set(JAVA_INT, 36, descriptor);
        attributes.set(JAVA_LONG, 40, 0);
        attributes.set(JAVA_LONG, 48, 0);
        int status = SystemCalls.bpf(command, attributes, 56);
        if (command == LOOKUP_BATCH) return status;
        int done = attributes.get(JAVA_INT, 32);
        return status == 0 || done > 0 ? done : status;
    }

    /** The maps of programs that are loaded, and mappings, live on. */
    @Override
    public synchronized void close() {
        if (!arena.scope().isAlive()) return;
        Libc.close(descriptor);
        arena.close();
    }
}
