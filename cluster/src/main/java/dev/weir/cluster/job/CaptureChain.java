package dev.weir.cluster.job;

import dev.weir.cluster.job.CaptureEvents.AskIndex;
import dev.weir.wire.CaptureHead;
import dev.weir.wire.CaptureParts;
import dev.weir.wire.PartIndex;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One capture on its way to become splits. Its parts are walked by readers beside each other, each from where a record
 * seems to begin; a part is taken for good in the order of the file, and only if it begins where the part before it ends,
 * with nothing described in between. Else it is walked again from there. So where a part begins is never a guess, and
 * each knows the number of its first packet and the clock there. One thread.
 */
final class CaptureChain {
    final int capture;
    final String file;

    @Nullable
    CaptureHead head;

    private long partOctets;
    /** What is known for good: the next part, where it begins, and what goes before it. */
    private int part;

    private long at;
    private long packets;
    private long clock = Long.MIN_VALUE;
    private long lastTime;
    private byte[] prologue = new byte[0];
    private boolean done;
    private final Map<Integer, Walked> walked = new HashMap<>();

    /** What was found of a part; {@code searched} where nothing was known of what goes before it but the file's head. */
    private record Walked(PartIndex index, boolean searched) {}

    CaptureChain(int capture, String file) {
        this.capture = capture;
        this.file = file;
    }

    /** No packet that is not in a split yet counts at an earlier time. */
    long lowMark() {
        return done ? Long.MAX_VALUE : clock;
    }

    boolean isDone() {
        return done;
    }

    /** What the file is, is known; returns what is to be walked, or, of one that cannot be cut, its only split. */
    @Nullable
    CaptureSplit begin(CaptureHead known, long start, long octets) {
        head = known;
        partOctets = octets;
        at = known.begin();
        prologue = known.prologue();
        if (known.isDivisible()) {
            done = at >= known.size();
            return null;
        }
        done = true;
        return new CaptureSplit(capture, 0, known, prologue, 0, known.size(), 0, 0, start, 0, Long.MIN_VALUE, Map.of());
    }

    /** All parts that were not taken for good, to be walked: the first from where it begins, the others by search. */
    List<AskIndex> asks() {
        var asks = new ArrayList<AskIndex>();
        CaptureHead known = head;
        if (known != null && !done) {
            asks.add(ask(known));
            for (int p = part + 1; boundary(known, p) < known.size(); p++) {
                asks.add(new AskIndex(
                        capture, p, known, prologue, boundary(known, p), boundary(known, p + 1), lastTime, true));
            }
        }
        return asks;
    }

    private AskIndex ask(CaptureHead known) {
        return new AskIndex(capture, part, known, prologue, at, boundary(known, part + 1), lastTime, false);
    }

    private long boundary(CaptureHead known, int p) {
        return Math.min(known.size(), known.begin() + p * partOctets);
    }

    /**
     * A part was walked. Adds the splits that follow for good.
     *
     * @param searched as it was asked
     * @return what has to be walked again, or null
     */
    @Nullable
    AskIndex walked(int number, boolean searched, PartIndex index, List<CaptureSplit> splits) {
        CaptureHead known = head;
        if (known == null || done || number < part) {
            return null;
        }
        walked.put(number, new Walked(index, searched));
        while (!done) {
            if (at >= boundary(known, part + 1)) {
                walked.remove(part++); // a record of the part before reaches over all of it
                continue;
            }
            Walked next = walked.remove(part);
            if (next == null) {
                return null;
            }
            if (!holds(next, known)) {
                return ask(known);
            }
            take(known, next.index, splits);
        }
        return null;
    }

    /** Whether a part was walked knowing all that goes before it. */
    private boolean holds(Walked next, CaptureHead known) {
        boolean guessed = next.searched && (!Arrays.equals(prologue, known.prologue()) || next.index.simple());
        return next.index.begin() == at && !guessed;
    }

    private void take(CaptureHead known, PartIndex index, List<CaptureSplit> splits) {
        if (index.packets() > 0 || index.damaged()) {
            splits.add(new CaptureSplit(
                    capture,
                    part,
                    known,
                    prologue,
                    at,
                    index.end(),
                    packets,
                    lastTime,
                    index.packets() == 0 ? clock : Math.max(clock, index.firstTime()),
                    0,
                    clock,
                    Map.of()));
        }
        packets += index.packets();
        clock = Math.max(clock, index.clock());
        lastTime = index.lastTime();
        at = index.end();
        part++;
        done = at >= known.size() || index.damaged();
        prologue = CaptureParts.prologue(prologue, index.described());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(file);
        CaptureHead known = head;
        out.writeBoolean(known != null);
        if (known != null) {
            CaptureSplit.write(known, out);
            out.writeLong(partOctets);
            out.writeInt(part);
            out.writeLong(at);
            out.writeLong(packets);
            out.writeLong(clock);
            out.writeLong(lastTime);
            CaptureSplit.octets(prologue, out);
            out.writeBoolean(done);
        }
    }

    static CaptureChain read(int capture, DataInputStream in) throws IOException {
        var chain = new CaptureChain(capture, in.readUTF());
        if (in.readBoolean()) {
            chain.head = CaptureSplit.readHead(in);
            chain.partOctets = in.readLong();
            chain.part = in.readInt();
            chain.at = in.readLong();
            chain.packets = in.readLong();
            chain.clock = in.readLong();
            chain.lastTime = in.readLong();
            chain.prologue = in.readNBytes(in.readInt());
            chain.done = in.readBoolean();
        }
        return chain;
    }
}
