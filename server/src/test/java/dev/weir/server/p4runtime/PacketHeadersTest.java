package dev.weir.server.p4runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.ControllerPacketMetadata;
import dev.weir.api.p4.config.v1.P4TypeInfo;
import dev.weir.api.p4.v1.PacketIn;
import dev.weir.api.p4.v1.PacketMetadata;
import dev.weir.api.p4.v1.PacketOut;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PacketHeadersTest {
    /** A port of 9 bits, and 7 bits. */
    private static final ControllerPacketMetadata HEADER = ControllerPacketMetadata.newBuilder()
            .addMetadata(ControllerPacketMetadata.Metadata.newBuilder()
                    .setId(4)
                    .setName("port")
                    .setBitwidth(9))
            .addMetadata(ControllerPacketMetadata.Metadata.newBuilder()
                    .setId(2)
                    .setName("why")
                    .setBitwidth(7))
            .build();

    private static final Translations PLAIN = new Translations(P4TypeInfo.getDefaultInstance(), Map.of(), List::of);

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static PacketMetadata field(int id, String hex) {
        return PacketMetadata.newBuilder()
                .setMetadataId(id)
                .setValue(ByteString.copyFrom(hex(hex)))
                .build();
    }

    private static PacketOut out(String payload, PacketMetadata... fields) {
        return PacketOut.newBuilder()
                .setPayload(ByteString.copyFrom(hex(payload)))
                .addAllMetadata(List.of(fields))
                .build();
    }

    @Test
    void fields_ofAPacketForTheController_areMetadata() {
        PacketIn in = PacketHeaders.in(hex("8083" + "aabb"), HEADER, PLAIN);

        assertThat(in.getPayload()).isEqualTo(ByteString.copyFrom(hex("aabb")));
        assertThat(in.getMetadataList()).containsExactly(field(4, "0101"), field(2, "03"));
    }

    @Test
    void packet_withoutHeader_isPayload() throws EntityFault {
        assertThat(PacketHeaders.in(hex("aabb"), null, PLAIN).getPayload().size())
                .isEqualTo(2);
        assertThat(PacketHeaders.in(hex("aa"), HEADER, PLAIN).getMetadataCount())
                .isZero();
        assertThat(PacketHeaders.out(out("aabb"), null, PLAIN)).isEqualTo(hex("aabb"));
    }

    @Test
    void metadata_ofAPacketOfTheController_isItsHeader() throws EntityFault {
        assertThat(PacketHeaders.out(out("aabb", field(2, "03"), field(4, "0101")), HEADER, PLAIN))
                .isEqualTo(hex("8083aabb"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
        one is missing   | 4 | 01   | 4 | 01 | INVALID_ARGUMENT
        one is unknown   | 4 | 01   | 9 | 01 | INVALID_ARGUMENT
        one is too wide  | 4 | 0200 | 2 | 01 | OUT_OF_RANGE
        """)
    void metadata_thatIsNotThatOfTheProgram_isRefused(
            String title, int one, String value, int other, String its, Code code) {
        assertThatThrownBy(() -> PacketHeaders.out(out("aa", field(one, value), field(other, its)), HEADER, PLAIN))
                .as(title)
                .isInstanceOfSatisfying(
                        EntityFault.class, fault -> assertThat(fault.code()).isEqualTo(code));
    }
}
