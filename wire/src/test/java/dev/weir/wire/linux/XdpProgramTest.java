package dev.weir.wire.linux;

import static dev.weir.wire.linux.EbpfAssembler.Register.R0;
import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.testing.Frames;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.EbpfAssembler.Width;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs in the running kernel, of which none is attached. */
class XdpProgramTest {
    private static final EbpfUse USE = new EbpfUse(Set.of(Capability.BPF, Capability.NET_ADMIN), "do without");

    @BeforeEach
    void needsRights() {
        assumeTrue(Capabilities.missing(USE.needed()).isEmpty(), "needs CAP_BPF and CAP_NET_ADMIN for programs");
    }

    private static XdpProgram load(EbpfAssembler code) throws PortException {
        return XdpProgram.load("here", USE, "weir_test", code, true);
    }

    @Test
    void run_tellsVerdictAndFrame() throws Exception {
        byte[] frame = Frames.udpFrame("10.0.0.1", 1, "10.0.0.2", 2, 100);
        try (XdpProgram program =
                load(new EbpfAssembler().move(R0, XdpProgram.DROP).exit())) {
            XdpProgram.Run run = program.run(frame);
            assertThat(run.verdict()).isEqualTo(XdpProgram.DROP);
            assertThat(run.frame()).isEqualTo(frame);
        }
    }

    @Test
    void run_frameTooShortForEthernet_isRefused() throws Exception {
        try (XdpProgram program =
                load(new EbpfAssembler().move(R0, XdpProgram.PASS).exit())) {
            assertThatThrownBy(() -> program.run(new byte[13]))
                    .isInstanceOf(PortException.class)
                    .hasMessage("here: a frame of 13 octets was not run, invalid argument (EINVAL); give one from 14 to"
                            + " some 3000 octets");
        }
    }

    /** The packet is read without a look at its length. */
    @Test
    void load_unsafeProgram_isRefusedWithWhatTheVerifierSays() {
        EbpfAssembler unsafe = new EbpfAssembler()
                .load(Width.WORD, R2, R1, 0)
                .load(Width.WORD, R0, R2, 12)
                .exit();
        assertThatThrownBy(() -> load(unsafe))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("here: the kernel refuses the eBPF program, permission denied (EACCES), ")
                .hasMessageContaining("invalid access to packet, off=12 size=4")
                .hasMessageEndingWith("; do without");
    }

    @Test
    void lastLines_ofALongLog_areThoseThatSayWhy() {
        String log = "0: r1 = 1\n1: r2 = 2\n2: r3 = 3\n3: r4 = 4\n4: r5 = *(u8 *)(r6 +0)\nR6 !read_ok\n"
                + "verification time 40 usec\nprocessed 5 insns (limit 1000000) max_states_per_insn 0\n";
        assertThat(EbpfFaults.lastLines(log)).isEqualTo("2: r3 = 3 | 3: r4 = 4 | 4: r5 = *(u8 *)(r6 +0) | R6 !read_ok");
    }
}
