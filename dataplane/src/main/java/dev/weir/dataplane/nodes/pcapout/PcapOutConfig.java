package dev.weir.dataplane.nodes.pcapout;

import dev.weir.dataplane.graph.Node;
import dev.weir.dataplane.graph.NodeConfig;
import dev.weir.dataplane.graph.NodeContext;
import java.nio.file.Path;
import java.util.List;

/**
 * A node that writes the packets that pass to a capture file: classic pcap, Ethernet, nanosecond time stamps. The workers
 * copy into rings, one each, and a thread of the node's writes; when the disk is slower than the packets the ring fills
 * and the packets that find no room are counted, not waited for. Packets go on in any case. The packets of one worker
 * come in their order, those of several nearly. What an interface left to do to a packet, such as its checksum, is not
 * done in the file.
 *
 * <p>When the file grows beyond {@code fileBytes} the next is begun: after {@code out.pcap} come {@code out.1.pcap},
 * {@code out.2.pcap}. Files of these names that are there are replaced, the first when the first packets
 * come. A file that cannot be begun or written ends the writing, which is counted, until the node is configured anew;
 * what can be told of the first before is refused by {@link #create}.
 *
 * @param file where to
 * @param snapLength of each packet so many octets are written at the most
 * @param fileBytes the most octets a file has, but for a single larger packet; 0 for no bound
 * @param files how many files are kept, the newest; 0 for all
 * @param packets after so many, of all workers together, no more are written; 0 for no bound
 * @param ringBytes octets of each worker's ring, rounded up to a power of two
 */
public record PcapOutConfig(Path file, int snapLength, long fileBytes, int files, long packets, int ringBytes)
        implements NodeConfig {
    /** Whole packets, and a ring for about five thousand of 800 octets. */
    public static final int DEFAULT_SNAP_LENGTH = 262_144, DEFAULT_RING_BYTES = 1 << 22;

    private static final int LEAST_RING = 1 << 16, RING_LIMIT = 1 << 30;
    static final int ACCEPTED = 0, LOST_RING_FULL = 1, LOST_DISK = 2, BEYOND_LIMIT = 3, UNWRITABLE = 4;

    public PcapOutConfig {
        require("snap-length", snapLength, 1, DEFAULT_SNAP_LENGTH);
        require("file-bytes", fileBytes, 0, Long.MAX_VALUE);
        require("files", files, 0, Integer.MAX_VALUE);
        require("packets", packets, 0, Long.MAX_VALUE);
        require("ring-bytes", ringBytes, LEAST_RING, RING_LIMIT);
        if (files != 0 && fileBytes == 0) {
            throw new IllegalArgumentException(
                    "files: " + files + " are to be kept, but a file has no bound; give file-bytes too");
        }
        if (file.getFileName() == null) {
            throw new IllegalArgumentException("file: '" + file + "' names no file; give a path to one");
        }
    }

    private static void require(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + ": " + value + " is out of range; give " + least + " to " + most);
        }
    }

    /** All packets, whole, to one file. */
    public static PcapOutConfig to(Path file) {
        return new PcapOutConfig(file, DEFAULT_SNAP_LENGTH, 0, 0, 0, DEFAULT_RING_BYTES);
    }

    @Override
    public String type() {
        return "pcap-out";
    }

    @Override
    public List<String> counters() {
        return List.of("ACCEPTED", "LOST_RING_FULL", "LOST_DISK", "BEYOND_LIMIT", "UNWRITABLE");
    }

    @Override
    public boolean takesUnhandled() {
        return true;
    }

    /** @throws IllegalArgumentException when the file cannot be begun; the message says why and what to do */
    @Override
    public Node create(NodeContext context) {
        return new PcapOutNode(this, context);
    }
}
