package dev.weir.export.message;

import java.io.IOException;

/** Octets that are no message of a flow: its text says where and why. */
public final class MessageFault extends IOException {
    private static final long serialVersionUID = 1;

    MessageFault(String where, String why) {
        super(where + ": " + why);
    }

    MessageFault(String where, String why, Throwable cause) {
        super(where + ": " + why, cause);
    }
}
