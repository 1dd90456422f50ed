package dev.weir.packet;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Any bytes, as any link type, in either mode, with any length told for them: a status and sound headers, never an
 * exception. {@code JAZZER_FUZZ=1 mvn -pl packet -am test -Dtest=PacketParserFuzzTest -Dsurefire.failIfNoSpecifiedTests=false}
 * fuzzes; without that variable the stored inputs are tried.
 */
class PacketParserFuzzTest {
    private static final int[] LINKS = {0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 228, 229, 276};

    @FuzzTest(maxDuration = "3m")
    void parse_anyBytes_isSound(FuzzedDataProvider data) {
        int link = data.pickValue(LINKS);
        TunnelMode mode = data.consumeBoolean() ? TunnelMode.INNER : TunnelMode.OUTER;
        boolean snapped = data.consumeBoolean();
        int beyond = snapped ? data.consumeInt(0, 100_000) : 0;
        byte[] packet = data.consumeRemainingAsBytes();
        Parsed.parse(mode, link, packet, packet.length + beyond);
    }
}
