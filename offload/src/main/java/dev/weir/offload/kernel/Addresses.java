package dev.weir.offload.kernel;

import dev.weir.offload.model.Value;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses of values. */
final class Addresses {
    private Addresses() {}

    /** IPv6 stays so even where it stands for IPv4. */
    static InetAddress of(Value value, boolean isIpv4) {
        int count = isIpv4 ? 4 : 16;
        byte[] octets = new byte[count];
        int first = value.type().octets() - count;
        for (int i = 0; i < count; i++) {
            octets[i] = first + i < 0 ? 0 : (byte) value.octet(first + i);
        }
        try {
            return isIpv4 ? InetAddress.getByAddress(octets) : Inet6Address.getByAddress(null, octets, -1);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("address: of " + count + " octets; this is a defect, report it", e);
        }
    }
}
