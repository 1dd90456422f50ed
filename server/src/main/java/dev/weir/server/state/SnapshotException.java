package dev.weir.server.state;

import java.io.IOException;

/** A file is no snapshot that can be used: damaged, cut, or of something else. The message says what and where. */
public final class SnapshotException extends IOException {
    private static final long serialVersionUID = 1;

    public SnapshotException(String what) {
        super(what);
    }
}
