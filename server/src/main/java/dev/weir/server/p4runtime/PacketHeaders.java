package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.ControllerPacketMetadata;
import dev.weir.api.p4.v1.PacketIn;
import dev.weir.api.p4.v1.PacketMetadata;
import dev.weir.api.p4.v1.PacketOut;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packets between a program and its controller (P4Runtime 1.5, section 16.1): with the header that the program declares as {@code packet_in} or {@code packet_out} in
 * front of them in the data plane, and its fields as metadata in messages. Stateless; any thread.
 */
final class PacketHeaders {
    static final String IN = "packet_in", OUT = "packet_out";

    private PacketHeaders() {}

    private static int bits(ControllerPacketMetadata header, Translations translations) {
        return header.getMetadataList().stream()
                .mapToInt(field -> bits(field, translations))
                .sum();
    }

    /** As the program has them in the header. */
    private static int bits(ControllerPacketMetadata.Metadata field, Translations translations) {
        return translations.width(field.getTypeName().getName(), field.getBitwidth());
    }

    /** @param header null where the program declares none */
    static PacketIn in(byte[] packet, @Nullable ControllerPacketMetadata header, Translations translations) {
        PacketIn.Builder in = PacketIn.newBuilder();
        int octets = header == null ? 0 : (bits(header, translations) + 7) / 8;
        if (header == null || packet.length < octets) {
            return in.setPayload(ByteString.copyFrom(packet)).build();
        }
        BigInteger all = new BigInteger(1, Arrays.copyOf(packet, octets));
        int left = 8 * octets;
        for (ControllerPacketMetadata.Metadata field : header.getMetadataList()) {
            int width = bits(field, translations);
            left -= width;
            BigInteger value = all.shiftRight(left).and(Octets.mask(width));
            ValueCodec codec = translations.codec(field.getTypeName().getName());
            in.addMetadata(
                    PacketMetadata.newBuilder().setMetadataId(field.getId()).setValue(codec.octets(value)));
        }
        return in.setPayload(ByteString.copyFrom(packet, octets, packet.length - octets))
                .build();
    }

    /**
     * The octets that come into the program.
     *
     * @param header null where the program declares none
     */
    static byte[] out(PacketOut out, @Nullable ControllerPacketMetadata header, Translations translations)
            throws EntityFault {
        List<PacketMetadata> given = out.getMetadataList();
        int fields = header == null ? 0 : header.getMetadataCount();
        if (given.size() != fields) {
            throw EntityFault.invalid("metadata: has " + given.size() + " fields; the program's P4Info has " + fields
                    + " of packet_out, give each once");
        }
        if (header == null) return out.getPayload().toByteArray();
        BigInteger all = BigInteger.ZERO;
        for (ControllerPacketMetadata.Metadata field : header.getMetadataList()) {
            PacketMetadata its = given.stream()
                    .filter(each -> each.getMetadataId() == field.getId())
                    .findFirst()
                    .orElseThrow(() -> new EntityFault(
                            Code.INVALID_ARGUMENT,
                            "metadata " + field.getId() + " (" + field.getName() + "): is missing; give it"));
            String name = "metadata " + field.getId() + " (" + field.getName() + ")";
            int width = bits(field, translations);
            ValueCodec codec = translations.codec(field.getTypeName().getName());
            all = all.shiftLeft(width).or(codec.number(its.getValue(), width, name));
        }
        int bits = bits(header, translations), octets = (bits + 7) / 8;
        byte[] packet = new byte[octets + out.getPayload().size()];
        byte[] front = all.shiftLeft(8 * octets - bits).toByteArray();
        int n = Math.min(octets, front.length);
        System.arraycopy(front, front.length - n, packet, octets - n, n);
        out.getPayload().copyTo(packet, octets);
        return packet;
    }
}
