package dev.weir.wire;

import dev.weir.packet.LinkType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Capture files as a port: what is in them is received as fast as it is asked for, by their time stamps; what is sent goes
 * to a pcap file with the time of the {@link FileClock}. Needs no rights and no interface. All packets arrive at the
 * first queue. Frames that are sent begin with Ethernet's header and are finished; one that is not is refused where it would be written.
 *
 * <p>Damage of a file ends it as its end would; {@link #maintain} and {@link #close} tell.
 */
public final class FilePort implements Port {
    private static final int MAX_FRAME = 65_549;

    private final String name;
    private final int index;
    private final List<FileQueue> queues = new ArrayList<>();
    private final @Nullable PcapWriter writer;
    private volatile String trouble = "";
    private boolean closed;

    private FilePort(String name, int index, @Nullable PcapWriter writer) {
        this.name = name;
        this.index = index;
        this.writer = writer;
    }

    /**
     * Opens the files.
     *
     * @param name what listings call the port
     * @param inputs captures, as {@link Captures#open} takes them; none, and nothing is received
     * @param output the pcap file to write, made anew; null drops what is sent, and counts it as sent
     * @param queues how many workers share the port
     * @param index what {@link dev.weir.packet.PacketVector#port} says of received packets
     * @throws PortException when a file cannot be opened
     */
    public static FilePort open(
            String name, List<String> inputs, @Nullable Path output, int queues, int index, FileClock clock)
            throws PortException {
        PacketSource source = null;
        try {
            if (!inputs.isEmpty()) source = Captures.open(inputs);
            FilePort port = new FilePort(name, index, output == null ? null : writer(output));
            for (int i = 0; i < queues; i++) port.queues.add(new FileQueue(port, i == 0 ? source : null, clock));
            return port;
        } catch (IOException e) {
            closeQuietly(source);
            throw new PortException(name, reason(e, output));
        }
    }

    private static PcapWriter writer(Path output) throws IOException {
        FileChannel channel = FileChannel.open(
                output, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        return new PcapWriter(channel, LinkType.ETHERNET);
    }

    private static String reason(IOException e, @Nullable Path output) {
        return e instanceof CaptureException
                ? String.valueOf(e.getMessage())
                : output + ": cannot be written (" + e.getClass().getSimpleName() + "); give another place";
    }

    private static void closeQuietly(@Nullable PacketSource source) {
        try {
            if (source != null) source.close();
        } catch (IOException _) {
            // the first failure is told
        }
    }

    int index() {
        return index;
    }

    /** Any queue's thread. */
    void damaged(IOException e) {
        trouble = String.valueOf(e.getMessage());
    }

    /** Whether there is a file for what is sent; if not, anything may be. */
    boolean writes() {
        return writer != null;
    }

    /** Any queue's thread; a {@link SendFault}. */
    synchronized int write(MemorySegment data, long offset, int length, long time) {
        if (length > MAX_FRAME) return SendFault.TOO_LONG;
        if (closed) return SendFault.PORT_DOWN;
        if (writer == null) return SendFault.NONE;
        try {
            writer.write(data, offset, length, time);
            return SendFault.NONE;
        } catch (IOException e) {
            damaged(e);
            return SendFault.REFUSED;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<FileQueue> queues() {
        return queues;
    }

    @Override
    public PortState state() {
        return queues.stream().allMatch(FileQueue::isExhausted) ? PortState.ENDED : PortState.UP;
    }

    @Override
    public int maxFrame() {
        return MAX_FRAME;
    }

    @Override
    public boolean stamps() {
        return true;
    }

    @Override
    public long macAddress() {
        return 0;
    }

    @Override
    public String maintain() {
        String said = trouble;
        trouble = "";
        return said.isEmpty() ? "" : name + ": " + said;
    }

    /** Writes what is left. What went wrong then, the next {@link #maintain} says. */
    @Override
    public synchronized void close() {
        if (closed) return;
        closed = true;
        queues.forEach(FileQueue::close);
        try {
            if (writer != null) writer.close();
        } catch (IOException e) {
            damaged(e);
        }
    }
}
