package dev.weir.bench;

/**
 * The endpoints of the n-th flow, for any n below 2^37: a scrambled n gives the client's address and port, so that no two flows share a
 * key. Movable; one thread.
 *
 * <p>Clients are in 100.64.0.0/10 and 2001:db8:8000::/36. Half of the servers are in 10.0.0.0/20 and 2001:db8::/36, below every client, the others
 * above them in 198.18.0.0/20 and 2001:db8:f000::/36, so that nothing can be told from the order of the addresses.
 */
public final class FlowIdentity {
    private static final int BITS = 37;
    private static final long MASK = (1L << BITS) - 1;
    private static final int[] TCP_PORTS = {443, 80, 22, 8080}, UDP_PORTS = {443, 3478, 5004, 9000};

    private final long secret;
    private final int ipv6Percent, tcpPercent;
    boolean ipv6, tcp;
    /** The whole address of IPv4; of IPv6 the lower 32 bits of the network part, repeated in the host part. */
    int client, server;

    int clientPort, serverPort;
    /** Drawn for this flow: 64 bits that belong to nothing else. */
    long entropy;

    public FlowIdentity(TrafficShape shape) {
        secret = mix(shape.seed());
        ipv6Percent = shape.ipv6Percent();
        tcpPercent = shape.tcpPercent();
    }

    /** Moves to flow {@code number}. */
    public void of(long number) {
        long drawn = mix(number ^ secret);
        long unique = scramble(number);
        int host = (int) (unique >>> 15);
        int site = (int) drawn & 0xFFF;
        boolean serverBelow = (drawn >>> 12 & 1) == 0;
        ipv6 = percent(drawn >>> 32) < ipv6Percent;
        tcp = percent(drawn >>> 16) < tcpPercent;
        client = (ipv6 ? 0x8000_0000 : 0x6440_0000) | host;
        server = (ipv6 ? serverBelow ? 0 : 0xF000_0000 : serverBelow ? 0x0A00_0000 : 0xC612_0000) | site;
        clientPort = 0x8000 | ((int) unique & 0x7FFF);
        serverPort = (tcp ? TCP_PORTS : UDP_PORTS)[(int) (drawn >>> 60 & 3)];
        entropy = drawn;
    }

    /** The low 16 bits as 0..99. */
    private static int percent(long bits) {
        return (int) ((bits & 0xFFFF) * 100) >> 16;
    }

    /** A permutation of the numbers below 2^37: each step can be undone. */
    private long scramble(long number) {
        long x = (number ^ secret) & MASK;
        x = x * 0x9E37_79B9_7F4A_7C15L & MASK;
        x ^= x >>> 19;
        x = x * 0xD6E8_FEB8_6659_FD93L & MASK;
        return x ^ x >>> 18;
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
    private static long mix(long z) {
        long x = z + 0x9E37_79B9_7F4A_7C15L;
        x = (x ^ x >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        x = (x ^ x >>> 27) * 0x94D0_49BB_1331_11EBL;
        return x ^ x >>> 31;
    }
}
