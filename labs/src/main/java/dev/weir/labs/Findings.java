package dev.weir.labs;

import java.io.PrintStream;
import java.util.Objects;

/** What a lab saw, line by line as it sees it, and whether all was as it must be. One thread. */
public final class Findings {
    private final PrintStream out;
    private int passed, failed;

    Findings(PrintStream out) {
        this.out = out;
    }

    /** Says what is being done now. */
    public void step(String what) {
        out.println("== " + what);
    }

    /** Notes what was seen where it must hold. */
    public void check(String what, boolean holds, Object seen) {
        if (holds) {
            passed++;
        } else {
            failed++;
        }
        String details = String.valueOf(seen).strip().replace("\n", "\n       ");
        out.println((holds ? "ok     " : "WRONG  ") + what + (details.isEmpty() ? "" : ": " + details));
    }

    /** Notes what was seen where only one thing is right. */
    public void equal(String what, Object expected, Object seen) {
        boolean holds = Objects.equals(expected, seen);
        check(what, holds, holds ? seen : seen + ", and should be " + expected);
    }

    /** Notes that a program ended well. */
    public void succeeded(String what, Result result) {
        check(what, result.status() == 0, result.status() == 0 ? result.lastLine() : result);
    }

    /** Notes that a program failed, as it must. */
    public void failed(String what, Result result) {
        check(what, result.status() != 0, result.lastLine());
    }

    boolean report() {
        out.println(passed + " as it must be, " + failed + " wrong");
        return failed == 0 && passed > 0;
    }
}
