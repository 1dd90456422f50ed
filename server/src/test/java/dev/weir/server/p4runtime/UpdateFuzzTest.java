package dev.weir.server.p4runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.Update;
import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.server.p4info.P4InfoMaker;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Any octets as an update, a packet or a P4Info are changes, or a fault with a code and a text; the first octet says which they are. */
final class UpdateFuzzTest {
    private static final P4Info INFO = TestProgram.info(TestProgram.SOURCE);
    private static final ProgramInfo PROGRAM = program(TestProgram.SOURCE);
    private static final ProgramInfo TEXTS = program(P4RuntimeTranslationTest.SOURCE);
    private static final ProgramInfo SELECTORS = program(SelectorProgram.SOURCE);

    private static ProgramInfo program(String source) {
        SourceFile file = SourceFile.of("test.p4", source);
        ProgramImage image = Objects.requireNonNull(
                ProgramImage.compile("test", file, new IncludePath(List.of()), Map.of(), null, new Diagnostics()));
        P4Info info = TestProgram.info(source);
        Map<String, Integer> widths = P4InfoMaker.widths(image.typed());
        Translations translations = new Translations(info.getTypeInfo(), widths, () -> List.of("left", "right"));
        return new ProgramInfo(info, image.schema(), translations);
    }

    @FuzzTest
    void anyOctets_asAMessage_areReadOrRefused(byte[] octets) {
        if (octets.length == 0) return;
        byte[] message = Arrays.copyOfRange(octets, 1, octets.length);
        try {
            switch (octets[0] & 7) {
                case 0 ->
                    assertThat(InfoAgreement.difference(P4Info.parseFrom(message), INFO))
                            .isNotEqualTo("");
                case 1 ->
                    assertThat(PacketHeaders.out(
                                    PacketOut.parseFrom(message),
                                    PROGRAM.header(PacketHeaders.OUT),
                                    PROGRAM.translations()))
                            .isNotEmpty();
                case 3 ->
                    assertThat(new Changes(TEXTS).of(Update.parseFrom(message))).isNotNull();
                case 2 ->
                    assertThat(new Changes(SELECTORS).of(Update.parseFrom(message)))
                            .isNotNull();
                default ->
                    assertThat(new Changes(PROGRAM).of(Update.parseFrom(message)))
                            .isNotNull();
            }
        } catch (InvalidProtocolBufferException _) {
            // no message: gRPC refuses it
        } catch (EntityFault fault) {
            assertThat(fault.text()).isNotEmpty();
        }
    }
}
