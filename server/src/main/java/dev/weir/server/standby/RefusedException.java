package dev.weir.server.standby;

import java.io.IOException;

/** The other machine answers, and not as one of a pair does: it refuses, or does not know what it is asked. The message says what it said. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String what, Throwable cause) {
        super(what, cause);
    }
}
