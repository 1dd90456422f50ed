package dev.weir.p4.stf;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.MirrorCopy;
import java.math.BigInteger;
import java.util.List;

/**
 * A program that is under test, with its tables, at a time that does not go back. One thread. Names are those of the program; they and all
 * indices are in range.
 */
public interface StfDevice {
    /** A packet that left, in hexadecimal. */
    record Sent(int port, String packet) {}

    /**
     * Has the program process a packet.
     *
     * @param now nanoseconds
     * @return what left, in order
     */
    List<Sent> process(byte[] packet, int port, long now);

    /** What was said of the flow of the packet before. */
    FlowMark mark();

    /** Has copies of packets that are mirrored to a session leave by a port from now on. */
    void setMirror(int session, int port, MirrorCopy copy);

    /** False when there is no room or an entry that matches the same. */
    boolean add(String table, Table.Entry entry, long now);

    void delete(String table, Table.Entry entry);

    /** False when there is no room or a member that matches the same. */
    boolean addValue(String set, List<Match> matches);

    /** The number is not that of a member that is there. */
    boolean addMember(String profile, long id, Table.Call call);

    /** The number is not that of a group that is there; the members are. */
    boolean addGroup(String profile, long id, List<Long> members);

    void setDefault(String table, Table.Call call);

    int size(String table, long now);

    /** Packets and bytes. */
    long[] counter(String counter, long index);

    BigInteger register(String register, long index);

    void setRegister(String register, long index, BigInteger value);
}
