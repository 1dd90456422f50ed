package dev.weir.wire.linux;

import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static dev.weir.wire.linux.EbpfAssembler.Register.R3;

import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfAssembler.Width;
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
    private static final int REDIRECT_MAP = 51;

    private final EbpfMap sockets;
    private final XdpLink link;
    /** Whether the program runs after the driver. */
    final boolean isGeneric;

    private XdpAttachment(EbpfMap sockets, XdpLink link) {
        this.sockets = sockets;
        this.link = link;
        this.isGeneric = link.isGeneric();
    }

    static EbpfAssembler program(int map) {
        return new EbpfAssembler()
                .load(Width.WORD, R2, R1, RX_QUEUE_INDEX)
                .loadMap(R1, map)
                .move(R3, XdpProgram.PASS)
                .call(REDIRECT_MAP)
                .exit();
    }

    /** @param parts whether packets may lie in several buffers */
    static XdpAttachment of(String name, int interfaceIndex, int queues, boolean parts, Mode mode)
            throws PortException {
        EbpfMap.Shape shape =
                new EbpfMap.Shape(EbpfMapType.SOCKETS, "weir_sockets", Integer.BYTES, Integer.BYTES, queues);
        EbpfMap sockets = EbpfMap.create(name, EbpfUse.PORT, shape);
        boolean done = false;
        EbpfAssembler code = program(sockets.descriptor());
        try (XdpProgram program = XdpProgram.load(name, EbpfUse.PORT, "weir_redirect", code, parts)) {
            XdpAttachment made = new XdpAttachment(sockets, program.attach(name, interfaceIndex, mode));
            done = true;
            return made;
        } finally {
            if (!done) sockets.close();
        }
    }

    /** From now on packets of the queue go to the socket. @return 0, or the negative {@link Errno} */
    int put(int queue, int socket) {
        return sockets.put(queue, socket);
    }

    @Override
    public void close() {
        link.close();
        sockets.close();
    }
}
