package dev.weir.table.cache;

import dev.weir.table.parts.Secret;

/**
 * Gives tenants, which are any 64 bits of a key, numbers from 1 on, in the order in which they are first seen. Who comes when all numbers are given is number 0, with all
 * others: so what strangers write into packets takes no more memory. Open addressing by a product with a secret odd number (Dietzfelbinger et al., A reliable randomized algorithm for the closest-pair problem, 1997);
 * 28 octets a tenant that there can be. One thread; allocates nothing after it was made.
 */
final class TenantNumbers {
    /** As many as there are VLAN ids. */
    static final int MOST = 4096;

    static final int OTHERS = 0;

    private static final int SLOT_BITS = 13, SLOTS = 1 << SLOT_BITS;

    private final long[] keys = new long[SLOTS];
    private final char[] numbers = new char[SLOTS];
    private final long[] tenants = new long[MOST + 1];
    private final long secret = Secret.draw() | 1;
    private int given;

    int number(long tenant) {
        int at = (int) ((tenant * secret) >>> (Long.SIZE - SLOT_BITS));
        while (numbers[at] != 0) {
            if (keys[at] == tenant) return numbers[at];
            at = (at + 1) & (SLOTS - 1);
        }
        if (given == MOST) return OTHERS;
        keys[at] = tenant;
        numbers[at] = (char) ++given;
        tenants[given] = tenant;
        return given;
    }

    /** Numbers go up to this. */
    int last() {
        return given;
    }

    /** Whose number that is, 1 or more. */
    long tenant(int number) {
        return tenants[number];
    }
}
