package dev.weir.wire;

import java.io.Serializable;

/**
 * What a walk over the records of a part of a capture found: those that begin in it.
 *
 * @param begin where the first of them begins; -1 where none could be found
 * @param end where the first record behind the part begins, or the file ends
 * @param packets how many packets there are
 * @param firstTime time of the first packet, nanoseconds since 1970; {@link Long#MAX_VALUE} where there is none
 * @param clock the latest time of a packet; {@link Long#MIN_VALUE} where there is none
 * @param described blocks of the part that describe sections and interfaces, which parts behind it have to know
 * @param lastTime time of the last packet that has one, or what was given for it; packets behind the part may take it
 * @param simple whether there are packets that take their time from the packet before them
 * @param damaged whether the walk met what is no record: nothing behind {@code end} can be read, and {@code end} is the
 *     end of the file, so that who reads the part meets the damage too
 */
@SuppressWarnings("ArrayRecordComponent") // nobody changes or compares it
public record PartIndex(
        long begin,
        long end,
        long packets,
        long firstTime,
        long clock,
        byte[] described,
        long lastTime,
        boolean simple,
        boolean damaged)
        implements Serializable {}
