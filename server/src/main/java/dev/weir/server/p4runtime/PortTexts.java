package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import dev.weir.p4.node.CpuPort;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Supplier;

/**
 * Ports by their names in the configuration, for types that stand for ports and are written as texts; {@code controller} is the controller's. A port without a name is its number in
 * decimal digits. Any thread.
 */
final class PortTexts implements ValueCodec {
    private static final String CONTROLLER = "controller";
    private static final BigInteger CPU = BigInteger.valueOf(Integer.toUnsignedLong(CpuPort.NUMBER));

    private final Supplier<List<String>> names;

    PortTexts(Supplier<List<String>> names) {
        this.names = names;
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public BigInteger number(ByteString octets, int bits, String what) throws EntityFault {
        String text = SdnStrings.text(octets, what);
        List<String> all = names.get();
        int port = all.indexOf(text);
        BigInteger number =
                port >= 0 ? BigInteger.valueOf(port) : text.equals(CONTROLLER) ? CPU : SdnStrings.decimal(text);
        if (number.signum() < 0) {
            throw EntityFault.invalid(what + ": there is no port '" + text + "'; there are " + all);
        }
        if (number.bitLength() > bits) {
            throw EntityFault.invalid(what + ": port '" + text + "' does not fit the program's " + bits + " bits");
        }
        return number;
    }

    @Override
    public ByteString octets(BigInteger number) {
        List<String> all = names.get();
        boolean named = number.bitLength() < Integer.SIZE
                && number.intValue() < all.size()
                && !all.get(number.intValue()).isEmpty();
        if (named) return ByteString.copyFromUtf8(all.get(number.intValue()));
        return ByteString.copyFromUtf8(
                number.equals(CPU) && !all.contains(CONTROLLER) ? CONTROLLER : number.toString());
    }
}
