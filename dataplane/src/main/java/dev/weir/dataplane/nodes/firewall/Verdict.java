package dev.weir.dataplane.nodes.firewall;

import java.util.Locale;

/** What a rule says of a flow: it passes; it is dropped; it is dropped and the sender is told. */
public enum Verdict {
    ACCEPT(1),
    DROP(2),
    REJECT(3);

    /** What a flow's annex has, 0 being undecided. */
    final int code;

    Verdict(int code) {
        this.code = code;
    }

    static Verdict ofCode(int code) {
        return code == ACCEPT.code ? ACCEPT : code == DROP.code ? DROP : REJECT;
    }

    /** As configuration has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
