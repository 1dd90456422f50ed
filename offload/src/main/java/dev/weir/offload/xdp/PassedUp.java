package dev.weir.offload.xdp;

/** Why the program left a packet to the JVM; the kernel's program counts them by their number. */
public enum PassedUp {
    /** Neither IPv4 nor IPv6, or under more than two VLAN tags. */
    NOT_IP(0),
    /** A header is cut off, or lengths contradict each other. */
    MALFORMED(1),
    /** An IPv4 header with options, or of another version. */
    OPTIONS(2),
    FRAGMENT(3),
    /** Neither TCP, UDP nor echo; IPv6 extension headers too. */
    PROTOCOL(4),
    /** TCP with FIN, SYN or RST, which the flow's state needs. */
    CONTROL(5),
    /** No such flow was put. */
    NO_FLOW(6),
    /** Longer than the port that it should leave by can send: also super-packets that a receiver or sender put together. */
    TOO_LONG(7),
    /** Its time to live ends here. */
    TTL(8),
    /** Its sender, on this machine, left the checksum to the interface: 'ethtool -K INTERFACE tx off' there. */
    UNFINISHED_CHECKSUM(9),
    /** It has fewer VLAN tags than are to be taken off, or others than the packet had that its flow was learned from. */
    TAGS(10),
    /** There is no room in front of it for what is to be put there. */
    NO_ROOM(11),
    /** It is to be tunnelled, and its type of service is another than that of the packet that its flow was learned from. */
    TYPE_OF_SERVICE(12);

    final int number;

    PassedUp(int number) {
        this.number = number;
    }
}
