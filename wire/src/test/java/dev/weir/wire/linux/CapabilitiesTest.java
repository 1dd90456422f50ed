package dev.weir.wire.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.wire.PortException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    private static final Set<Capability> ALL = Set.of(Capability.values());

    /** Runs in a thread of its own, as nothing that a thread gives up comes back. */
    private static <T> T inOwnThread(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().start(future);
        return future.get();
    }

    private static void assumeAll() {
        assumeTrue(Capabilities.missing(ALL).isEmpty(), "needs root, to have something to give up");
    }

    @Test
    void keepOnly_some_losesTheOthersInThisThreadAndThoseItStarts() throws Exception {
        assumeAll();
        Set<Capability> kept = Set.of(Capability.NET_RAW, Capability.BPF);
        assertThat(inOwnThread(() -> {
                    assertThat(Capabilities.keepOnly(kept)).isTrue();
                    assertThat(inOwnThread(Capabilities::held)).isEqualTo(kept);
                    return Capabilities.held();
                }))
                .isEqualTo(kept);
        assertThat(Capabilities.missing(ALL)).as("another thread").isEmpty();
    }

    @Test
    void keepOnly_nothing_isForGood() throws Exception {
        assumeAll();
        assertThat(inOwnThread(() -> {
                    assertThat(Capabilities.keepOnly(Set.of())).isTrue();
                    assertThat(Capabilities.keepOnly(ALL)).isTrue();
                    assertThat(Libc.socket(Libc.AF_PACKET, Libc.SOCK_RAW, 0)).isEqualTo(-Errno.EPERM);
                    return Capabilities.held();
                }))
                .isEmpty();
    }

    @Test
    void require_missing_saysWhichAndHowToGiveThem() throws Exception {
        inOwnThread(() -> {
            Capabilities.keepOnly(Set.of(Capability.NET_RAW));
            assertThatThrownBy(() -> Capabilities.require("eth0", Capabilities.XDP))
                    .isInstanceOf(PortException.class)
                    .hasMessage("eth0: lacking CAP_NET_ADMIN, CAP_BPF; start it by sudo, in a systemd"
                            + " unit with AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_BPF, or by sudo capsh"
                            + " --keep=1 --user=$USER --inh=cap_net_admin,cap_net_raw,cap_bpf"
                            + " --addamb=cap_net_admin,cap_net_raw,cap_bpf -- -c COMMAND");
            return "";
        });
    }

    @Test
    void missing_withSysAdmin_bpfIsNotMissed() throws Exception {
        assumeAll();
        assertThat(inOwnThread(() -> {
                    Capabilities.keepOnly(Set.of(Capability.SYS_ADMIN, Capability.NET_RAW));
                    return Capabilities.missing(Capabilities.XDP);
                }))
                .containsExactly(Capability.NET_ADMIN);
    }

    @Test
    void open_withoutRights_saysWhatIsMissing() throws Exception {
        inOwnThread(() -> {
            Capabilities.keepOnly(Set.of());
            assertThatThrownBy(() -> XdpPort.open("lo", XdpOptions.defaults()))
                    .isInstanceOf(PortException.class)
                    .hasMessageStartingWith(
                            "lo: an eBPF map may not be made, lacking CAP_NET_ADMIN, CAP_NET_RAW, CAP_BPF;"
                                    + " start it by sudo, ");
            return "";
        });
    }

    /** A program that would get rights by its file's capabilities or owner does not. */
    @Test
    void renounceNewPrivileges_holdsForProgramsStartedFromHere() throws Exception {
        assertThat(inOwnThread(() -> {
                    assertThat(Capabilities.renounceNewPrivileges()).isTrue();
                    return threadStatus("NoNewPrivs");
                }))
                .isEqualTo("1");
    }

    private static String threadStatus(String field) throws IOException {
        String all = new String(Files.readAllBytes(Path.of("/proc/thread-self/status")), StandardCharsets.UTF_8);
        return all.lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
