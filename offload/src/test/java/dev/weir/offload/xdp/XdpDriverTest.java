package dev.weir.offload.xdp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.table.FlowKey;
import dev.weir.testing.BulkTransfer;
import dev.weir.testing.Namespace;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.XdpOptions.Mode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two hosts and a box in the middle, each a network namespace. In the box a bridge of the kernel carries what passes up, so
 * that what the bridge did not see the program carried. The hosts finish checksums themselves, and their interfaces take
 * redirected frames as GRO is on.
 */
class XdpDriverTest {
    private static final String LEFT = "10.7.0.1", RIGHT = "10.7.0.2", LEFT6 = "2001:db8::1", RIGHT6 = "2001:db8::2";
    private static final long LEFT_MAC = 0x0200_0000_0001L, RIGHT_MAC = 0x0200_0000_0002L;
    private static final int WEST = 0, EAST = 1, PATIENCE_MILLIS = 5000;
    private Namespace left, middle, right;
    private final List<XdpDriver> open = new ArrayList<>();

    @BeforeEach
    void build() throws IOException {
        left = new Namespace();
        middle = new Namespace();
        right = new Namespace();
        join(left, "west", LEFT, LEFT6, LEFT_MAC);
        join(right, "east", RIGHT, RIGHT6, RIGHT_MAC);
        neighbours(left, RIGHT, RIGHT6, RIGHT_MAC);
        neighbours(right, LEFT, LEFT6, LEFT_MAC);
        middle.ip("link", "add", "br0", "type", "bridge");
        middle.quiet("br0");
        for (String port : List.of("west", "east")) middle.ip("link", "set", port, "master", "br0");
        middle.ip("link", "set", "br0", "up");
    }

    private void join(Namespace host, String port, String address, String address6, long mac) throws IOException {
        Namespace.join(host, "eth0", middle, port);
        host.exec("sysctl", "-qw", "net.ipv6.conf.eth0.disable_ipv6=0");
        host.ip("link", "set", "eth0", "address", text(mac));
        host.ip("address", "add", address + "/24", "dev", "eth0");
        host.ip("address", "add", address6 + "/64", "dev", "eth0", "nodad");
        host.exec("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
    }

    private static void neighbours(Namespace host, String address, String address6, long mac) throws IOException {
        for (String other : List.of(address, address6)) {
            host.ip("neighbour", "replace", other, "lladdr", text(mac), "dev", "eth0", "nud", "permanent");
        }
    }

    private static String text(long mac) {
        List<String> octets = new ArrayList<>();
        for (int shift = 40; shift >= 0; shift -= 8) octets.add("%02x".formatted(mac >>> shift & 0xFF));
        return String.join(":", octets);
    }

    @AfterEach
    void tearDown() throws IOException {
        try (Namespace _ = left;
                Namespace _ = middle;
                Namespace _ = right) {
            for (XdpDriver driver : open) driver.close();
        }
    }

    private XdpDriver open(Namespace where, XdpDriverOptions options, String... ports) throws Exception {
        XdpDriver driver = where.call(() -> XdpDriver.open(List.of(ports), options));
        open.add(driver);
        return driver;
    }

    private XdpDriver open(Mode mode) throws Exception {
        return open(middle, XdpDriverOptions.defaults().withMode(mode), "west", "east");
    }

    private static FlowKey key(String from, int port, String to, int toPort, int protocol) {
        return new FlowKey(InetAddress.ofLiteral(from), port, InetAddress.ofLiteral(to), toPort, protocol, 0);
    }

    private static FlowKey reverse(FlowKey key) {
        return new FlowKey(
                key.destination(), key.destinationPort(), key.source(), key.sourcePort(), key.protocol(), key.tenant());
    }

    private static FlowKey echo(String from, String to, int identifier) {
        return key(from, identifier, to, identifier, from.indexOf(':') < 0 ? XdpFlow.ICMP : XdpFlow.ICMPV6);
    }

    private static void bothWays(XdpDriver driver, FlowKey key, XdpRewrite there, XdpRewrite back) {
        assertThat(driver.put(List.of(
                        new XdpFlow(key, new XdpAction.Redirect(EAST, there)),
                        new XdpFlow(reverse(key), new XdpAction.Redirect(WEST, back)))))
                .containsExactly(XdpPut.ADDED, XdpPut.ADDED);
    }

    private String ping(String to, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("ping", "-c", "5", "-i", "0.02", "-W", "2", "-e", "77"));
        command.addAll(List.of(more));
        command.add(to);
        return left.exec(command.toArray(String[]::new));
    }

    private static XdpCounters counters(XdpDriver driver, FlowKey key) {
        return requireNonNull(driver.counters(key), key::toString);
    }

    private static void assertCounted(XdpDriver driver, FlowKey key, long packets, long ipOctets) {
        XdpCounters counters = counters(driver, key);
        assertThat(counters.packets()).isEqualTo(packets);
        assertThat(counters.ipOctets()).isEqualTo(packets * ipOctets);
        assertThat(counters.frameOctets()).isEqualTo(packets * (ipOctets + 14));
    }

    /** The bridge carried nothing of it, as each packet was counted. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void ping_redirectedBothWays_isAnsweredAndCounted(Mode mode) throws Exception {
        XdpDriver driver = open(mode);
        String where = mode == Mode.GENERIC ? "generic" : "native";
        assertThat(driver.describe()).isEqualTo("west " + where + " XDP, east " + where + " XDP");
        FlowKey ipv4 = echo(LEFT, RIGHT, 77), ipv6 = echo(LEFT6, RIGHT6, 77);
        bothWays(driver, ipv4, XdpRewrite.NONE, XdpRewrite.NONE);
        bothWays(driver, ipv6, XdpRewrite.NONE, XdpRewrite.NONE);
        assertThat(ping(RIGHT)).contains("5 received", "ttl=64");
        assertThat(ping(RIGHT6)).contains("5 received", "ttl=64");
        for (FlowKey key : List.of(ipv4, reverse(ipv4))) assertCounted(driver, key, 5, 84);
        for (FlowKey key : List.of(ipv6, reverse(ipv6))) assertCounted(driver, key, 5, 104);
        assertThat(driver.count()).isEqualTo(4);
    }

    @Test
    void ping_dropped_isNotAnswered_andPassedIsByTheKernel() throws Exception {
        XdpDriver driver = open(Mode.NATIVE);
        FlowKey key = echo(LEFT, RIGHT, 77);
        driver.put(List.of(new XdpFlow(key, new XdpAction.Drop())));
        assertThatThrownBy(() -> ping(RIGHT, "-w", "1")).hasMessageContaining("0 received");
        long dropped = counters(driver, key).packets();
        assertThat(dropped).isPositive();
        driver.put(List.of(new XdpFlow(key, new XdpAction.Pass())));
        assertThat(ping(RIGHT)).contains("5 received");
        assertThat(counters(driver, key).packets()).isEqualTo(dropped + 5);
        assertThat(requireNonNull(driver.remove(List.of(key)).get(key)).packets())
                .isEqualTo(dropped + 5);
        assertThat(ping(RIGHT)).contains("5 received");
        assertThat(driver.counters(key)).isNull();
    }

    /** The left host speaks to an address that nobody has; the right one hears another identifier from another address. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void ping_translated_isAnswered(Mode mode) throws Exception {
        XdpDriver driver = open(mode);
        translate(driver, "10.7.0.9", LEFT, "10.7.0.8", RIGHT);
        translate(driver, "2001:db8::9", LEFT6, "2001:db8::8", RIGHT6);
        neighbours(left, "10.7.0.9", "2001:db8::9", 0x0200_0000_0009L);
        neighbours(right, "10.7.0.8", "2001:db8::8", 0x0200_0000_0008L);
        assertThat(ping("10.7.0.9")).contains("5 received", "ttl=63");
        assertThat(ping("2001:db8::9")).contains("5 received", "ttl=63");
    }

    private static void translate(XdpDriver driver, String virtual, String from, String outside, String to) {
        FlowKey there = echo(from, virtual, 77), back = echo(to, outside, 78);
        driver.put(List.of(
                new XdpFlow(
                        there,
                        new XdpAction.Redirect(EAST, ends(outside, to, 78).withMacs(8, RIGHT_MAC))),
                new XdpFlow(
                        back,
                        new XdpAction.Redirect(WEST, ends(virtual, from, 77).withMacs(9, LEFT_MAC)))));
    }

    private static XdpRewrite ends(String source, String destination, int port) {
        return XdpRewrite.NONE
                .withEnds(InetAddress.ofLiteral(source), port, InetAddress.ofLiteral(destination), port)
                .withTtlDecremented();
    }

    /** The kernel of the right host throws away what has a wrong checksum. */
    @Test
    void udp_withOtherPorts_arrivesAtThem() throws Exception {
        XdpDriver driver = open(Mode.NATIVE);
        FlowKey key = key(LEFT, 5000, RIGHT, 6000, XdpFlow.UDP);
        XdpRewrite rewrite =
                XdpRewrite.NONE.withEnds(InetAddress.ofLiteral("10.7.0.77"), 5001, InetAddress.ofLiteral(RIGHT), 6001);
        driver.put(List.of(new XdpFlow(key, new XdpAction.Redirect(EAST, rewrite))));
        try (DatagramSocket receiver = right.call(
                        () -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(RIGHT), 6001)));
                DatagramSocket sender =
                        left.call(() -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(LEFT), 5000)))) {
            receiver.setSoTimeout(PATIENCE_MILLIS);
            for (int octets = 0; octets < 1400; octets += 137) {
                byte[] sent = new byte[octets];
                Arrays.fill(sent, (byte) octets);
                sender.send(new DatagramPacket(sent, octets, InetAddress.ofLiteral(RIGHT), 6000));
                DatagramPacket received = new DatagramPacket(new byte[2000], 2000);
                receiver.receive(received);
                assertThat(received.getLength()).isEqualTo(octets);
                assertThat(received.getPort()).isEqualTo(5001);
                assertThat(received.getAddress()).isEqualTo(InetAddress.ofLiteral("10.7.0.77"));
            }
        }
        assertThat(counters(driver, key).packets()).isEqualTo(11);
    }

    /** SYN and FIN go by the bridge, all else by the program; the flow is put before it begins. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void tcp_inBulk_arrivesWhole(Mode mode) throws Exception {
        XdpDriver driver = open(mode);
        for (int port = 32768; port < 61000; port++) {
            bothWays(driver, key(LEFT, port, RIGHT, 7000, XdpFlow.TCP), XdpRewrite.NONE, XdpRewrite.NONE);
        }
        BulkTransfer.assertArrives(left, right, RIGHT, 20 << 20);
        long[] seen = new long[4];
        driver.forEach((key, counters) -> {
            if (counters.packets() == 0) return;
            seen[0]++;
            seen[1] += counters.ipOctets() - 52 * counters.packets();
            seen[2] |= counters.tcpFlags();
        });
        assertThat(seen[0]).as("directions").isEqualTo(2);
        assertThat(seen[1]).as("octets of payload, but for what went with FIN").isGreaterThan(19 << 20);
        assertThat(seen[2] & 0x17).as("ACK, and none of FIN, SYN, RST").isEqualTo(0x10);
        assertThat(driver.passedUp().get(PassedUp.CONTROL)).isGreaterThanOrEqualTo(4);
    }

    /** The hosts leave checksums to their interfaces, as is usual: nothing is carried wrong, all goes by the bridge. */
    @Test
    void unfinishedChecksums_passUp() throws Exception {
        left.exec("ethtool", "-K", "eth0", "tx", "on");
        XdpDriver driver = open(Mode.NATIVE);
        FlowKey key = key(LEFT, 5000, RIGHT, 6000, XdpFlow.UDP);
        driver.put(List.of(new XdpFlow(key, XdpAction.to(EAST))));
        try (DatagramSocket sender =
                left.call(() -> new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(LEFT), 5000)))) {
            sender.send(new DatagramPacket(new byte[100], 100, InetAddress.ofLiteral(RIGHT), 6000));
        }
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (Long.valueOf(0).equals(driver.passedUp().get(PassedUp.UNFINISHED_CHECKSUM)) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(driver.passedUp()).containsEntry(PassedUp.UNFINISHED_CHECKSUM, 1L);
        assertThat(counters(driver, key).packets()).isZero();
    }

    /** A second box beyond the first: between them frames have two tags more, which the hosts never see. */
    @Test
    void tags_pushedByOneBox_areTakenOffByTheNext() throws Exception {
        try (Namespace next = new Namespace()) {
            middle.ip("link", "set", "east", "nomaster");
            middle.ip("link", "delete", "br0");
            Namespace.join(middle, "far", next, "near");
            middle.exec("ethtool", "-K", "far", "gro", "on");
            next.exec("ethtool", "-K", "near", "gro", "on");
            right.ip("link", "delete", "eth0");
            joinTo(next);
            XdpRewrite push = XdpRewrite.NONE.withTags(0, new VlanTag(0x88A8, 7), VlanTag.of(8));
            XdpRewrite pop = XdpRewrite.NONE.withTags(2);
            FlowKey key = echo(LEFT, RIGHT, 77);
            XdpDriver first = open(middle, XdpDriverOptions.defaults(), "west", "far");
            assertThat(first.describe()).isEqualTo("west native XDP, far native XDP");
            XdpDriver second = open(next, XdpDriverOptions.defaults(), "near", "east");
            bothWays(first, key, push, pop);
            bothWays(second, key, pop, push);
            assertThat(ping(RIGHT)).contains("5 received");
            assertThat(counters(second, key))
                    .extracting(XdpCounters::ipOctets, XdpCounters::frameOctets)
                    .containsExactly(5 * 84L, 5 * (84L + 14 + 8));
        }
    }

    private void joinTo(Namespace box) throws IOException {
        Namespace.join(right, "eth0", box, "east");
        right.ip("link", "set", "eth0", "address", text(RIGHT_MAC));
        right.ip("address", "add", RIGHT + "/24", "dev", "eth0");
        right.exec("ethtool", "-K", "eth0", "tx", "off", "gro", "on");
        right.ip("neighbour", "replace", LEFT, "lladdr", text(LEFT_MAC), "dev", "eth0", "nud", "permanent");
    }

    /** The right host's kernel takes the tunnel off, and answers by one that the box's kernel takes off. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"NATIVE", "GENERIC"})
    void vxlan_isUnderstoodByTheKernelBeyond(Mode mode) throws Exception {
        middle.ip("link", "set", "east", "nomaster");
        middle.ip("link", "set", "east", "address", "02:00:00:00:00:0e");
        middle.ip("address", "add", "10.8.0.1/24", "dev", "east");
        right.ip("address", "add", "10.8.0.2/24", "dev", "eth0");
        vxlan(middle, "east", "10.8.0.1", "10.8.0.2");
        middle.ip("link", "set", "vx0", "master", "br0");
        vxlan(right, "eth0", "10.8.0.2", "10.8.0.1");
        right.ip("link", "set", "vx0", "address", "02:00:00:00:00:0a");
        right.ip("address", "add", "10.9.0.2/24", "dev", "vx0");
        left.ip("address", "add", "10.9.0.1/24", "dev", "eth0");
        XdpDriver driver = open(mode);
        FlowKey key = echo("10.9.0.1", "10.9.0.2", 77);
        VxlanTunnel tunnel = new VxlanTunnel(
                InetAddress.ofLiteral("10.8.0.1"),
                InetAddress.ofLiteral("10.8.0.2"),
                42,
                4789,
                0x0200_0000_000EL,
                RIGHT_MAC);
        driver.put(List.of(new XdpFlow(key, new XdpAction.Redirect(EAST, XdpRewrite.NONE.withTunnel(tunnel)))));
        assertThat(ping("10.9.0.2")).contains("5 received");
        assertThat(counters(driver, key).packets()).isEqualTo(5);
    }

    private static void vxlan(Namespace where, String over, String local, String remote) throws IOException {
        where.ip(
                "link", "add", "vx0", "type", "vxlan", "id", "42", "dstport", "4789", "local", local, "remote", remote,
                "dev", over);
        where.quiet("vx0");
        where.ip("link", "set", "vx0", "up");
    }

    @Test
    void longerThanThePortSends_passesUpUntilItsMtuGrows() throws Exception {
        for (String[] each : new String[][] {{"west", "2000"}, {"east", "1500"}}) {
            middle.ip("link", "set", each[0], "mtu", each[1]);
        }
        left.ip("link", "set", "eth0", "mtu", "2000");
        right.ip("link", "set", "eth0", "mtu", "2000");
        XdpDriver driver = open(Mode.NATIVE);
        FlowKey key = echo(LEFT, RIGHT, 77);
        bothWays(driver, key, XdpRewrite.NONE, XdpRewrite.NONE);
        assertThatThrownBy(() -> ping(RIGHT, "-w", "1", "-s", "1700")).hasMessageContaining("0 received");
        assertThat(driver.passedUp().get(PassedUp.TOO_LONG)).isPositive();
        assertThat(counters(driver, key).packets()).isZero();
        middle.ip("link", "set", "east", "mtu", "2000");
        assertThat(middle.call(driver::maintain)).isEmpty();
        assertThat(ping(RIGHT, "-s", "1700")).contains("5 received");
        assertCounted(driver, key, 5, 1728);
    }

    @Test
    void interface_deletedAndMadeAgain_isAttachedAgain() throws Exception {
        XdpDriver driver = open(Mode.NATIVE);
        FlowKey key = echo(LEFT, RIGHT, 77);
        bothWays(driver, key, XdpRewrite.NONE, XdpRewrite.NONE);
        middle.ip("link", "delete", "west");
        assertThat(middle.call(driver::maintain)).containsExactly("west: is gone; its flows wait for it to come back");
        assertThat(middle.call(driver::maintain)).isEmpty();
        assertThat(driver.describe()).isEqualTo("west gone, east native XDP");
        join(left, "west", LEFT, LEFT6, LEFT_MAC);
        neighbours(left, RIGHT, RIGHT6, RIGHT_MAC);
        assertThat(middle.call(driver::maintain)).containsExactly("west native XDP: is back");
        assertThat(ping(RIGHT)).contains("5 received");
        assertCounted(driver, key, 5, 84);
    }

    @Test
    void close_takesTheProgramsOff_andMayComeTwice() throws Exception {
        XdpDriver driver = open(Mode.NATIVE);
        assertThat(middle.ip("-d", "link", "show", "east")).contains("prog/xdp");
        assertThatThrownBy(() -> open(Mode.NATIVE))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("west: another program has its XDP program there; ");
        driver.close();
        driver.close();
        assertThat(middle.ip("-d", "link", "show", "east")).doesNotContain("prog/xdp");
        open(Mode.NATIVE);
    }

    /** However the process ends: here by SIGKILL. Packets that it dropped are carried again. */
    @Test
    void killedProcess_leavesNothing() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        Process holder = middle.start(
                java, "--enable-native-access=ALL-UNNAMED", "-cp", classPath, XdpDriverHolder.class.getName(), "west");
        assertThat(holder.inputReader().readLine()).isEqualTo("west native XDP, flows: 1");
        assertThat(middle.ip("-d", "link", "show", "west")).contains("prog/xdp");
        holder.descendants().forEach(ProcessHandle::destroyForcibly);
        holder.destroyForcibly().waitFor();
        assertThat(middle.ip("-d", "link", "show", "west")).doesNotContain("prog/xdp");
        open(Mode.NATIVE);
    }

    @Test
    void open_wrongName_tellsTheInterfaces_andLeavesNothing() throws Exception {
        assertThatThrownBy(() -> open(middle, XdpDriverOptions.defaults(), "west", "eth9"))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith("eth9: no such interface; the interfaces are: lo")
                .hasMessageContaining("west");
        assertThat(middle.ip("-d", "link", "show", "west")).doesNotContain("prog/xdp");
    }

    @Test
    void open_withoutRights_namesThem() throws Exception {
        assertThatThrownBy(() -> middle.call(() -> {
                    assertThat(Capabilities.keepOnly(Set.of())).isTrue();
                    return XdpDriver.open(List.of("west"), XdpDriverOptions.defaults());
                }))
                .isInstanceOf(PortException.class)
                .hasMessageStartingWith(
                        "west: an eBPF map may not be made, lacking CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF; start it by"
                                + " sudo");
    }

    /** No more than the message asks for. */
    @Test
    void open_withTheRightsThatItNames_works() throws Exception {
        XdpDriver driver = middle.call(() -> {
            assertThat(Capabilities.keepOnly(XdpDriver.NEEDED)).isTrue();
            return XdpDriver.open(List.of("west", "east"), XdpDriverOptions.defaults());
        });
        open.add(driver);
        bothWays(driver, echo(LEFT, RIGHT, 77), XdpRewrite.NONE, XdpRewrite.NONE);
        assertThat(ping(RIGHT)).contains("5 received");
    }

    /** What a driver redirects there would be lost without a word. */
    @Test
    void open_portThatTakesNoRedirectedFrames_isGenericOrSaysSo() throws Exception {
        right.exec("ethtool", "-K", "eth0", "gro", "off");
        assertThatThrownBy(() -> open(Mode.NATIVE))
                .isInstanceOf(PortException.class)
                .hasMessage("east: frames that a driver redirects to it are lost; 'ethtool -K PEER gro on' at its veth"
                        + " peer, or take the generic mode");
        XdpDriver driver = open(Mode.AUTO);
        assertThat(driver.describe()).isEqualTo("west generic XDP, east generic XDP");
        bothWays(driver, echo(LEFT, RIGHT, 77), XdpRewrite.NONE, XdpRewrite.NONE);
        assertThat(ping(RIGHT)).contains("5 received");
    }

    @Test
    void portThatNoLongerTakesFrames_isTold() throws Exception {
        XdpDriver driver = open(Mode.NATIVE);
        assertThat(middle.call(driver::maintain)).isEmpty();
        right.exec("ethtool", "-K", "eth0", "gro", "off");
        assertThat(middle.call(driver::maintain)).singleElement().asString().startsWith("east: frames that a driver");
        assertThat(middle.call(driver::maintain)).isEmpty();
    }

    @Test
    void put_portThatThereIsNot_isRefused() throws Exception {
        XdpDriver driver = open(Mode.AUTO);
        XdpFlow flow = new XdpFlow(echo(LEFT, RIGHT, 77), XdpAction.to(2));
        assertThatThrownBy(() -> driver.put(List.of(flow)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("there is no port 2; give an index from 0 to 1");
    }
}
