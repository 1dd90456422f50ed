package dev.weir.wire;

import java.io.IOException;

/** A port that cannot be opened: which, why, and what to do about it. The message is for a person, in one line. */
public final class PortException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * @param port the name that the user gave it
     * @param why the cause and the remedy: {@code why; what to do}, no full stop
     */
    public PortException(String port, String why) {
        super(port + ": " + why);
    }
}
