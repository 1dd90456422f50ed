package dev.weir.p4.control;

/** How long an entry stays without being hit. */
public sealed interface Lifetime {
    /** It does not age. */
    Lifetime FOREVER = new Forever();

    /** As a new entry or a changed one has it when nothing is said: the first does not age, the other stays as it is. */
    Lifetime UNSAID = new Unsaid();

    record Forever() implements Lifetime {}

    record Unsaid() implements Lifetime {}

    /** One of the table's profiles, from 0; one that is not there is refused. */
    record Profile(int number) implements Lifetime {}

    /** As one of the table's profiles has it; another is refused. */
    record Aging(long millis) implements Lifetime {}

    /** Any: what P4Runtime's {@code idle_timeout_ns} says. */
    record Nanos(long nanos) implements Lifetime {}
}
