package dev.weir.offload.check;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a flow or a call is refused. Numbers and names are public and never used again for another fault; {@link #errno} is Linux's. */
public enum Fault {
    UNKNOWN_TABLE(1, Errno.EINVAL),
    UNKNOWN_FIELD(2, Errno.EINVAL),
    REPEATED_FIELD(3, Errno.EINVAL),
    MISSING_MATCH(4, Errno.EINVAL),
    MISSING_VALUE(5, Errno.EINVAL),
    WRONG_WIDTH(6, Errno.EINVAL),
    WRONG_MASK_TYPE(7, Errno.EINVAL),
    WRONG_MASK(8, Errno.EINVAL),
    MISSING_ACTIONS(9, Errno.EINVAL),
    UNKNOWN_ACTION(10, Errno.EINVAL),
    WRONG_ARGUMENTS(11, Errno.EINVAL),
    DUPLICATE_UID(12, Errno.EEXIST),
    DUPLICATE_MATCH(13, Errno.EEXIST),
    TABLE_FULL(14, Errno.ENOSPC),
    NOT_FOUND(15, Errno.ENOENT),
    NOT_SUPPORTED(16, Errno.EOPNOTSUPP),
    UNKNOWN_INTERFACE(17, Errno.ENODEV),
    BAD_REQUEST(18, Errno.EINVAL),
    TIMED_OUT(19, Errno.ETIMEDOUT),
    BACKEND_GONE(20, Errno.ENOTCONN),
    BACKEND_FAILED(21, Errno.EIO);

    private final int number;
    private final int errno;

    Fault(int number, int errno) {
        this.number = number;
        this.errno = errno;
    }

    public int number() {
        return number;
    }

    public int errno() {
        return errno;
    }

    /** The fault with that number; null where another device has numbers of its own. */
    public static @Nullable Fault ofNumber(long number) {
        for (Fault fault : values()) {
            if (fault.number == number) return fault;
        }
        return null;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Numbers of Linux, errno-base.h and errno.h. */
    private static final class Errno {
        static final int ENOENT = 2;
        static final int EIO = 5;
        static final int EEXIST = 17;
        static final int ENODEV = 19;
        static final int EINVAL = 22;
        static final int ENOSPC = 28;
        static final int EOPNOTSUPP = 95;
        static final int ENOTCONN = 107;
        static final int ETIMEDOUT = 110;
    }
}
