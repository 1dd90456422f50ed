package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import java.math.BigInteger;

/** How controllers write the values of a type. Any thread. */
interface ValueCodec {
    /** As numbers, in the shortest octets. */
    ValueCodec NUMBERS = new ValueCodec() {
        @Override
        public BigInteger number(ByteString octets, int bits, String what) throws EntityFault {
            return Octets.number(octets, bits, what);
        }

        @Override
        public ByteString octets(BigInteger number) {
            return Octets.of(number);
        }
    };

    /**
     * The program's number for what a controller wrote.
     *
     * @param bits that the program has for it
     * @param what is named where it is at fault
     */
    BigInteger number(ByteString octets, int bits, String what) throws EntityFault;

    /** Whether they are texts, of which there are no parts to compare. */
    default boolean isText() {
        return false;
    }

    /** What a controller reads for the program's number. */
    ByteString octets(BigInteger number);
}
