package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpStateTest {
    private static final int FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10;

    @ParameterizedTest
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
            from        | nothing     | SYN         | SYN+ACK     | ACK         | data        | FIN     | FIN+ACK | RST
            START       | START       | SYN         | SYN-ACK     | ESTABLISHED | ESTABLISHED | FIN     | FIN-ACK | RST
            SYN         | SYN         | SYN         | SYN-ACK     | ESTABLISHED | ESTABLISHED | FIN     | FIN-ACK | RST
            SYN-ACK     | SYN-ACK     | SYN-ACK     | SYN-ACK     | ESTABLISHED | ESTABLISHED | FIN     | FIN-ACK | RST
            ESTABLISHED | ESTABLISHED | ESTABLISHED | ESTABLISHED | ESTABLISHED | ESTABLISHED | FIN     | FIN-ACK | RST
            FIN         | FIN         | FIN         | FIN         | FIN         | FIN         | FIN     | FIN-ACK | RST
            FIN-ACK     | FIN-ACK     | FIN-ACK     | FIN-ACK     | FIN-ACK     | FIN-ACK     | FIN-ACK | FIN-ACK | RST
            RST         | RST         | RST         | RST         | RST         | RST         | RST     | RST     | RST
            """)
    void next_everyStateAndEvent_isAsWritten(
            String from,
            String nothing,
            String syn,
            String synAck,
            String ack,
            String data,
            String fin,
            String finAck,
            String rst) {
        assertThat(next(from, 0, false)).isEqualTo(nothing);
        assertThat(next(from, SYN, false)).isEqualTo(syn);
        assertThat(next(from, SYN | ACK, false)).isEqualTo(synAck);
        assertThat(next(from, ACK, false)).isEqualTo(ack);
        assertThat(next(from, 0, true)).isEqualTo(data);
        assertThat(next(from, FIN, false)).isEqualTo(fin);
        assertThat(next(from, FIN | ACK, false)).isEqualTo(finAck);
        assertThat(next(from, RST, false)).isEqualTo(rst);
    }

    private static String next(String from, int flags, boolean payload) {
        return TcpState.name(TcpState.next(TcpState.byName(from), flags, payload));
    }

    /** RST before SYN before FIN before ACK or data; the flags that mean nothing here change nothing. */
    @Test
    void next_anyFlags_areOneOfTheEvents() {
        for (int flags = 0; flags < 256; flags++) {
            for (int state = TcpState.START; state < TcpState.COUNT; state++) {
                for (boolean payload : new boolean[] {false, true}) {
                    assertThat(TcpState.next(state, flags, payload))
                            .as("state=%s flags=0x%02x payload=%s", TcpState.name(state), flags, payload)
                            .isEqualTo(TcpState.next(state, essential(flags), payload && essential(flags) == 0));
                }
            }
        }
    }

    private static int essential(int flags) {
        if ((flags & RST) != 0) {
            return RST;
        }
        if ((flags & SYN) != 0) {
            return flags & (SYN | ACK);
        }
        return flags & (FIN | ACK);
    }

    @Test
    void openings_anyFlags_areToldByTheirFourBits() {
        for (int flags = 0; flags < 256; flags++) {
            boolean syn = (flags & SYN) != 0, ack = (flags & ACK) != 0;
            boolean fin = (flags & FIN) != 0, rst = (flags & RST) != 0;
            assertThat(TcpState.plainSyn(flags)).as("0x%02x", flags).isEqualTo(syn && !ack && !fin && !rst);
            assertThat(TcpState.synAck(flags)).as("0x%02x", flags).isEqualTo(syn && ack && !rst);
        }
        assertThat(TcpState.plainSyn(SYN | PSH | 0xE0)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            START,       false, false
            SYN,         false, false
            SYN-ACK,     false, false
            ESTABLISHED, false, false
            FIN,         true,  false
            FIN-ACK,     true,  true
            RST,         true,  true
            """)
    void state_atItsEnd_isClosedOrReused(String name, boolean closing, boolean reusable) {
        int state = TcpState.byName(name);
        assertThat(TcpState.name(state)).isEqualTo(name);
        assertThat(TcpState.closing(state)).isEqualTo(closing);
        assertThat(TcpState.reusable(state)).isEqualTo(reusable);
    }

    @Test
    void names_ofNoState_areNone() {
        assertThat(TcpState.name(TcpState.NONE)).isEmpty();
        assertThat(TcpState.byName("")).isEqualTo(-1);
        assertThat(TcpState.byName("established")).isEqualTo(-1);
    }
}
