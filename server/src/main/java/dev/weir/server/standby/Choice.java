package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;

/**
 * Which machine of two that do not forward is to. Both ask this of what each knows of the other, and no two answers have both forward; where both did all the same, as after a split, the smaller term ends it.
 * Immutable.
 *
 * @param begins whether this machine forwards where neither ever has
 * @param automatic whether it takes over by itself
 */
record Choice(boolean begins, boolean automatic) {
    enum Next {
        WAIT,
        /** Go on forwarding by the number that there is. */
        RESUME,
        /** Forward by the next number. */
        TAKE_OVER
    }

    /**
     * What this machine knows of itself.
     *
     * @param wasPrimary whether it forwarded by its term
     * @param followed the number of the machine whose flows it has; 0 for none
     */
    record Mine(Term term, boolean wasPrimary, long followed) {}

    /** The other machine has been silent for as long as it may. It may have taken over: who forwarded before goes on by its own number, so that a takeover is the larger one. */
    Next alone(Mine mine) {
        if (mine.wasPrimary()) {
            return Next.RESUME;
        }
        return automatic || (begins && mine.term().number() == 0) ? Next.TAKE_OVER : Next.WAIT;
    }

    /**
     * The other machine answers, and does not forward either. First who has the flows of the one that did; then who did; then who is to begin.
     *
     * @param forLong whether nobody has forwarded for as long as that may be
     */
    Next together(Mine mine, GetStandbyResponse other, boolean forLong) {
        Term its = Term.of(other.getTerm());
        boolean larger = mine.term().compareTo(its) > 0;
        boolean itsAutomatic = other.hasTakeOver();
        boolean mineHolds = automatic && mine.followed() != 0, itsHolds = itsAutomatic && other.getFollowedTerm() != 0;
        if (mineHolds || itsHolds) {
            return mineHolds && (!itsHolds || larger) ? Next.TAKE_OVER : Next.WAIT;
        }
        if (mine.wasPrimary() || other.getWasPrimary()) {
            return mine.wasPrimary() && (!other.getWasPrimary() || larger) ? Next.RESUME : Next.WAIT;
        }
        if (begins || other.getBegins()) {
            return begins && (!other.getBegins() || larger) ? Next.TAKE_OVER : Next.WAIT;
        }
        return forLong && automatic && (!itsAutomatic || larger) ? Next.TAKE_OVER : Next.WAIT;
    }
}
