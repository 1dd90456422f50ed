package dev.weir.export.ipfix;

/**
 * Instants as dateTimeMicroseconds and dateTimeNanoseconds have them (RFC 7011 sections 6.1.9 and 6.1.10): NTP's 64 bits, seconds since
 * 1900 and a binary fraction. Every nanosecond comes back as it went. Seconds with the highest bit clear are those after 2036.
 */
final class NtpTime {
    private static final long NANOS = 1_000_000_000L, FROM_1900_TO_1970 = 2_208_988_800L, ERA = 1L << 32;

    private NtpTime() {}

    /** @param nanos since 1970 */
    static long of(long nanos) {
        long second = Math.floorDiv(nanos, NANOS);
        long fraction = (((nanos - second * NANOS) << 32) + NANOS - 1) / NANOS;
        return ((second + FROM_1900_TO_1970) << 32) | fraction;
    }

    /** Nanoseconds since 1970. */
    static long nanos(long ntp) {
        long second = ntp >>> 32;
        long since1970 = (second >= ERA / 2 ? second : second + ERA) - FROM_1900_TO_1970;
        return since1970 * NANOS + (((ntp & (ERA - 1)) * NANOS) >>> 32);
    }
}
