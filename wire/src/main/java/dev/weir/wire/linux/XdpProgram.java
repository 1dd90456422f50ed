package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An eBPF program in the kernel, checked by its verifier, that says of each packet what becomes of it before the network
 * stack sees it. It goes when this is closed and nothing is attached any more. One thread at a time, the control thread.
 */
public final class XdpProgram implements AutoCloseable {
    /** What a program's verdict is. */
    public static final int ABORTED = 0, DROP = 1, PASS = 2, SEND_BACK = 3, REDIRECT = 4;

    private static final int MAX_FRAME = 1 << 16;

    private final String owner;
    private final EbpfUse use;
    private final int descriptor;

    private XdpProgram(String owner, EbpfUse use, int descriptor) {
        this.owner = owner;
        this.use = use;
        this.descriptor = descriptor;
    }

    /** What became of a frame. */
    public static final class Run {
        private final int verdict;
        private final byte[] frame;

        private Run(int verdict, byte[] frame) {
            this.verdict = verdict;
            this.frame = frame;
        }

        /** {@link #PASS} and others. */
        public int verdict() {
            return verdict;
        }

        /** The octets that the program left. */
        public byte[] frame() {
            return frame.clone();
        }
    }

    /**
     * Loads a program.
     *
     * @param owner what a message begins with
     * @param name at most 15 letters, digits, underscores
     * @param fragments whether it can be given packets that lie in several buffers, of which it sees the first (Linux 5.18)
     * @throws PortException when the kernel refuses it, with the last lines of what its verifier says
     */
    public static XdpProgram load(String owner, EbpfUse use, String name, EbpfAssembler code, boolean fragments)
            throws PortException {
        StringBuilder log = new StringBuilder();
        int fd = Bpf.loadXdp(name, code, fragments ? Bpf.PROGRAM_HAS_FRAGMENTS : 0, log);
        if (fd < 0) throw EbpfFaults.program(owner, use, fd, log.toString());
        return new XdpProgram(owner, use, fd);
    }

    /**
     * Has the packets that an interface of the calling thread's network namespace receives go through this.
     *
     * @throws PortException when there is no such interface, or the kernel or its driver refuses
     */
    public XdpLink attach(String name, Mode mode) throws PortException {
        int index = Libc.interfaceIndex(name);
        if (index < 0) throw EbpfFaults.noInterface(name);
        return attach(name, index, mode);
    }

    XdpLink attach(String name, int interfaceIndex, Mode mode) throws PortException {
        boolean generic = mode == Mode.GENERIC;
        int link = Bpf.attachXdp(descriptor, interfaceIndex, generic ? Bpf.XDP_GENERIC : Bpf.XDP_NATIVE);
        if (mode == Mode.AUTO && isOfDriver(link)) {
            generic = true;
            link = Bpf.attachXdp(descriptor, interfaceIndex, Bpf.XDP_GENERIC);
        }
        if (link < 0) throw EbpfFaults.attach(name, use, mode, link);
        return new XdpLink(link, name, interfaceIndex, generic);
    }

    /** Whether the driver refused, so that the generic mode may do better. */
    private static boolean isOfDriver(int errno) {
        return switch (-errno) {
            case Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ERANGE, Errno.ENOSPC, Errno.ENOMEM -> true;
            default -> false;
        };
    }

    /**
     * Runs it over one frame, as if the loopback had received it; a redirection is a verdict only, and is not done.
     *
     * @throws PortException when the kernel does not: a frame has at least 14 octets, and fits in a page with its headroom
     */
    public Run run(byte[] frame) throws PortException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(MAX_FRAME);
            MemorySegment result = arena.allocate(8, 4);
            MemorySegment in = arena.allocateFrom(JAVA_BYTE, frame);
            int status = Bpf.run(descriptor, in, room, result);
            if (status < 0) {
                throw new PortException(
                        owner,
                        "a frame of " + frame.length + " octets was not run, " + Errno.describe(status)
                                + "; give one from 14 to some 3000 octets");
            }
            byte[] out = room.asSlice(0, result.get(JAVA_INT, 4)).toArray(JAVA_BYTE);
            return new Run(result.get(JAVA_INT, 0), out);
        }
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
