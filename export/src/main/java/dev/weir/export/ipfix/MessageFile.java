package dev.weir.export.ipfix;

import dev.weir.wire.CaptureException;
import dev.weir.wire.StoredOctets;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * A file of messages, one after the other: IPFIX as RFC 5655 has it, and in the same way NetFlow v9 and v5, which say nothing of files. A v9 message does
 * not tell its length; it ends where instead of a set's id, which no version number is, the next message's version stands. One thread.
 */
public final class MessageFile implements Closeable {
    private static final int V5 = 5, V9 = 9, IPFIX = 10, MOST = 65_535, V5_MOST_RECORDS = 30;
    private static final int V5_HEADER = 24, V5_RECORD = 48, SET_HEADER = 4;

    private final String name;
    private final StoredOctets octets;
    private final byte[] message = new byte[MOST + SET_HEADER];
    private long offset, messages;

    private MessageFile(String name, StoredOctets octets) {
        this.name = name;
        this.octets = octets;
    }

    /** Whether the file begins as one of messages; false too for one that cannot be read. */
    public static boolean recognises(String name) {
        try (StoredOctets octets = StoredOctets.open(name)) {
            return looksLike(octets.peek(4));
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean looksLike(byte[] head) {
        if (head.length < 4) {
            return false;
        }
        int second = Octets.get16(head, 2);
        return switch (Octets.get16(head, 0)) {
            case IPFIX -> second >= FlowVersion.IPFIX.headerOctets;
            case V9 -> true;
            case V5 -> second >= 1 && second <= V5_MOST_RECORDS;
            default -> false;
        };
    }

    /** Opens it. */
    public static MessageFile open(String name) throws CaptureException {
        return new MessageFile(name, StoredOctets.open(name));
    }

    /**
     * Passes the next message to the reader, whose sender is the file.
     *
     * @return false at the end
     * @throws IOException when what comes next is no whole message: where, and why; or as the reader does
     */
    public boolean read(MessageReader reader) throws IOException {
        int length = next();
        if (length == 0) {
            return false;
        }
        reader.read(message, 0, length, name);
        offset += length;
        messages++;
        return true;
    }

    /** Octets of the file as stored that were taken so far, and how many there are; -1 where nobody knows. */
    public long consumed() {
        return octets.consumed();
    }

    public long total() {
        return octets.total();
    }

    @Override
    public void close() throws IOException {
        octets.close();
    }

    private int next() throws IOException {
        try {
            int have = octets.read(message, 0, SET_HEADER);
            if (have == 0) {
                return 0;
            }
            if (have < SET_HEADER) {
                throw damage("the file ends inside a message");
            }
            int second = Octets.get16(message, 2);
            return switch (Octets.get16(message, 0)) {
                case IPFIX -> {
                    if (second < FlowVersion.IPFIX.headerOctets) {
                        throw damage("a message of " + second + " octets is shorter than its header");
                    }
                    yield take(SET_HEADER, second);
                }
                case V5 -> take(SET_HEADER, V5_HEADER + second * V5_RECORD);
                case V9 -> v9();
                default ->
                    throw damage("neither IPFIX, NetFlow v9 nor v5 comes next: "
                            + Arrays.toString(Arrays.copyOf(message, SET_HEADER)));
            };
        } catch (CaptureException e) {
            throw e;
        } catch (IOException e) {
            throw damage(String.valueOf(e.getMessage()));
        }
    }

    private int v9() throws IOException {
        int have = take(SET_HEADER, FlowVersion.V9.headerOctets);
        while (true) {
            byte[] head = octets.peek(SET_HEADER);
            if (head.length == 0 || (head.length >= 2 && isVersion(Octets.get16(head, 0)))) {
                return have;
            }
            int length = head.length < SET_HEADER ? 0 : Octets.get16(head, 2);
            if (length < SET_HEADER) {
                throw damage("a set of " + length + " octets is shorter than its header");
            }
            have = take(have, have + length);
        }
    }

    private static boolean isVersion(int number) {
        return number == V5 || number == V9 || number == IPFIX;
    }

    /** Reads the message from {@code have} up to {@code length}; returns that. */
    private int take(int have, int length) throws IOException {
        if (length > message.length) {
            throw damage("a message is longer than " + MOST + " octets");
        }
        int read = octets.read(message, have, length - have);
        if (read < length - have) {
            throw damage("the file ends inside a message, " + (have + read) + " of " + length + " octets are there");
        }
        return length;
    }

    private CaptureException damage(String why) {
        return new CaptureException(name, -1, -1, why + " (at byte " + offset + ", after message " + messages + ")");
    }
}
