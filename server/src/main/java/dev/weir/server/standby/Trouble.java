package dev.weir.server.standby;

import dev.weir.server.DaemonLog;

/** What is wrong now, told to the log when it is something else than before. Any thread. */
final class Trouble {
    private final DaemonLog log;
    private volatile String what = "";

    Trouble(DaemonLog log) {
        this.log = log;
    }

    void tell(String why) {
        if (!why.equals(what)) {
            log.warning("standby: " + why);
        }
        what = why;
    }

    void over() {
        what = "";
    }

    /** Empty where nothing is wrong. */
    String what() {
        return what;
    }
}
