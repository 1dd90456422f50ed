package dev.weir.wire.linux;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.XdpOptions.Mode;

/**
 * Our eBPF program on an interface: hands the packets of a receive queue to the AF_XDP socket of that queue, and leaves
 * them to the kernel where there is none. Detached when this is closed, or the process ends in whatever way, as the kernel
 * ties it to a descriptor (a BPF link). Control thread only.
 *
 * <pre>
 * r2 = context->rx_queue_index
 * r1 = sockets
 * r3 = XDP_PASS                      without a socket
 * r0 = bpf_redirect_map(r1, r2, r3)
 * exit
 * </pre>
 */
final class XdpAttachment implements AutoCloseable {
    private static final int RX_QUEUE_INDEX = 16; // in struct xdp_md
    private static final int XDP_PASS = 2, REDIRECT_MAP = 51;

    private final int map;
    private final int link;
    /** Whether the program runs after the driver. */
    final boolean isGeneric;

    private XdpAttachment(int map, int link, boolean isGeneric) {
        this.map = map;
        this.link = link;
        this.isGeneric = isGeneric;
    }

    static EbpfAssembler program(int map) {
        return new EbpfAssembler()
                .loadWord(EbpfAssembler.R2, EbpfAssembler.R1, RX_QUEUE_INDEX)
                .loadMap(EbpfAssembler.R1, map)
                .move(EbpfAssembler.R3, XDP_PASS)
                .call(REDIRECT_MAP)
                .exit();
    }

    /** @param parts whether packets may lie in several buffers */
    static XdpAttachment of(String name, int interfaceIndex, int queues, boolean parts, Mode mode)
            throws PortException {
        int map = Bpf.createSocketMap("weir_sockets", queues);
        if (map < 0) throw XdpFaults.map(name, map);
        boolean done = false;
        try {
            XdpAttachment made = attached(name, interfaceIndex, map, parts, mode);
            done = true;
            return made;
        } finally {
            if (!done) Libc.close(map);
        }
    }

    private static XdpAttachment attached(String name, int interfaceIndex, int map, boolean parts, Mode mode)
            throws PortException {
        StringBuilder log = new StringBuilder();
        int program = Bpf.loadXdp("weir_redirect", program(map), parts ? Bpf.PROGRAM_HAS_FRAGMENTS : 0, log);
        if (program < 0) throw XdpFaults.program(name, program, log);
        try {
            boolean generic = mode == Mode.GENERIC;
            int link = Bpf.attachXdp(program, interfaceIndex, generic ? Bpf.XDP_GENERIC : Bpf.XDP_NATIVE);
            if (mode == Mode.AUTO && isOfDriver(link)) {
                generic = true;
                link = Bpf.attachXdp(program, interfaceIndex, Bpf.XDP_GENERIC);
            }
            if (link < 0) throw XdpFaults.attach(name, mode, link);
            return new XdpAttachment(map, link, generic);
        } finally {
            Libc.close(program);
        }
    }

    /** Whether the driver refused, so that the generic mode may do better. */
    private static boolean isOfDriver(int errno) {
        return switch (-errno) {
            case Errno.EOPNOTSUPP, Errno.EINVAL, Errno.ERANGE, Errno.ENOSPC, Errno.ENOMEM -> true;
            default -> false;
        };
    }

    /** From now on packets of the queue go to the socket. @return 0, or the negative {@link Errno} */
    int put(int queue, int socket) {
        return Bpf.update(map, queue, socket);
    }

    @Override
    public void close() {
        Libc.close(link);
        Libc.close(map);
    }
}
