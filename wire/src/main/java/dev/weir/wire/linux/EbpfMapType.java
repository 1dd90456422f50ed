package dev.weir.wire.linux;

/** Kinds of {@link EbpfMap}, with the kernel's number. */
public enum EbpfMapType {
    HASH(1),
    /** Keys are indices, 32 bits; all elements are there from the beginning, as zeros. */
    ARRAY(2),
    /** An array of which each processor has its own; a value that is read is that of all, each on 8 octets. */
    PER_CPU_ARRAY(6),
    /** A hash map that gives up what was not used for long when it is full. */
    LRU_HASH(9),
    /** An array whose values are maps, given as their descriptors. */
    ARRAY_OF_MAPS(12),
    /** An array whose values are indices of interfaces: where packets are redirected to. */
    DEVICES(14),
    /** An array from receive queues to AF_XDP sockets. */
    SOCKETS(17);

    final int number;

    EbpfMapType(int number) {
        this.number = number;
    }
}
