package dev.weir.export.kafka;

/** Messages that wait for their transaction, each with its number. The thread of a sink fills it; the other methods are the sending thread's. */
interface Outbox {
    int size();

    /** How many records wait. Any thread. */
    long waiting();

    /** The number of the message that is {@code ahead} behind the first. */
    long number(int ahead);

    /** How many records it stands for. */
    int records(int ahead);

    byte[] key(int ahead);

    byte[] message(int ahead);

    /** Gives the first ones back. */
    void release(int count);

    /** Waits until there are more than {@code ahead}, somebody calls {@link #wake}, or the time is over. */
    void await(int ahead, long nanos);

    /** Any thread. */
    void wake();
}
