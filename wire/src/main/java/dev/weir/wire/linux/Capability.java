package dev.weir.wire.linux;

/** A capability of Linux that ports, or listeners, may need (capabilities(7)), with the kernel's number. */
public enum Capability {
    /** Sockets are bound to TCP ports below 1024. */
    NET_BIND_SERVICE(10),
    /** Interfaces are made and configured, programs attached to them. */
    NET_ADMIN(12),
    /** Packet and AF_XDP sockets are opened. */
    NET_RAW(13),
    /** More memory than RLIMIT_MEMLOCK is locked. */
    IPC_LOCK(14),
    /** In the kernel before 5.8 what {@link #BPF} and {@link #PERFMON} are since, and still in their stead. */
    SYS_ADMIN(21),
    /** Threads enter the scheduler's real-time class. */
    SYS_NICE(23),
    /** eBPF programs reckon with pointers. */
    PERFMON(38),
    /** eBPF maps are made and programs loaded. */
    BPF(39);

    final int number;

    Capability(int number) {
        this.number = number;
    }

    /** Its name in manuals, such as {@code CAP_NET_RAW}. */
    public String kernelName() {
        return "CAP_" + name();
    }
}
