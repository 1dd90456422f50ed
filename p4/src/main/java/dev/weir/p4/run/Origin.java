package dev.weir.p4.run;

/**
 * Whose change of an entry it was. Immutable.
 *
 * @param process the program or the user that asked; empty for packets and timers
 * @param pid its process; 0 where there is none
 */
public record Origin(Author author, String process, long pid) {
    public static final Origin PACKETS = new Origin(Author.DATA_PATH, "", 0);

    public static final Origin TIMER = new Origin(Author.TIMER, "timer", 0);

    /** What a program begins with. */
    public static final Origin PROGRAM = new Origin(Author.CONTROL, "", 0);

    /** Of somebody who asks by an interface. */
    public static Origin control(String process, long pid) {
        return new Origin(Author.CONTROL, process, pid);
    }
}
