package dev.weir.bench.wire;

/**
 * Who of a trial runs on which processors, so that the scheduler does not decide what is measured. The generator has one
 * to itself; what the kernel forwards it forwards there. Subject and sink share the other one of two, unless the subject
 * wants more than one: then it may run on both.
 *
 * @param subject as taskset(1) lists them
 */
record WireCores(int generator, int sink, String subject) {
    static WireCores of(int cores, int wanted) {
        if (cores > 2) return new WireCores(0, 1, "2-" + (cores - 1));
        int last = cores - 1;
        return new WireCores(0, last, wanted > 1 ? "0-" + last : Integer.toString(last));
    }

    /** Of this machine. */
    static WireCores forSubject(int wanted) {
        return of(Runtime.getRuntime().availableProcessors(), wanted);
    }
}
