package dev.weir.server.standby;

import java.io.IOException;

/** What this machine shows to the other one cannot be used: its token, certificate or key. It says nothing of the other one, who was not asked. */
final class UnusableException extends IOException {
    private static final long serialVersionUID = 1;

    UnusableException(String message, Throwable cause) {
        super(message, cause);
    }

    UnusableException(String message) {
        super(message);
    }
}
