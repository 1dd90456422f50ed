package dev.weir.p4.ir;

/**
 * Calls of actions that the control plane numbers, its <em>members</em>, which entries of tables refer to: {@link Table.Call#member}. Members may be in
 * groups, of which a packet gets one ({@link Table.Call#group}).
 *
 * @param size how many members there can be
 * @param selects whether there are groups
 */
public record ActionProfile(String name, int size, boolean selects) {
    /** How many members a group has at most, each counted as often as its weight says. */
    public static final int MOST_IN_GROUP = 1 << 16;
}
