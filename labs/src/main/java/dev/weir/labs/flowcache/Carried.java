package dev.weir.labs.flowcache;

import static dev.weir.labs.flowcache.Network.S1;
import static dev.weir.labs.flowcache.Network.TENANT;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import dev.weir.labs.flowcache.Gateway.Event;
import dev.weir.labs.offload.Watch;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The gateway with the XDP driver: what it has learnt, the kernel encapsulates, and another kernel's VXLAN device judges it. */
final class Carried {
    private static final int LOOK_MILLIS = 1000, LATE_MILLIS = 1500, AGE_MILLIS = 2000;
    /** How often it is looked for what comes late. */
    private static final int LOOKS = 4;

    /** Packets of a second that may still come to the program: those before their flow is carried. */
    private static final long FEW = 50;

    private static final double PAUSE = 0.005;

    private final Testbed bed;
    private final Network network;
    private final Gateway gateway;
    private final Watch watch;

    Carried(Testbed bed, Network network, Gateway gateway) {
        this.bed = bed;
        this.network = network;
        this.gateway = gateway;
        watch = new Watch(network.sswitch);
    }

    /** An OTR and a responder run, no gateway does. */
    void check(Findings findings) throws IOException, InterruptedException {
        // what a driver redirects to a veth is taken by its peer's NAPI
        for (Host host : List.of(network.datacenter, network.otr, network.servers)) {
            for (String device : List.of("dc_sswitch", "otr_sswitch", "servers_sswitch")) {
                if (host.run("ip", "link", "show", device).status() == 0) host.offload(device, "on", "gro");
            }
        }
        Running access = bed.weir(network.servers, "access.yaml");
        Running weir = bed.weir(network.sswitch, "carried.yaml");
        walk(findings);
        stream(findings);
        tooLarge(findings);
        aging(findings);
        findings.equal("datagrams and segments with wrong checksums at t1", 0L, Watch.badChecksums(network.t1));
        findings.succeeded("the gateway drained", weir.stop());
        findings.succeeded("the servers' access ports drained", access.stop());
    }

    private void walk(Findings findings) throws IOException, InterruptedException {
        findings.step("the walk with the XDP driver: the kernel carries what was learnt");
        String places = watch.ask("/v1/offload");
        findings.check(
                "where the programs are",
                places.contains("native XDP"),
                places.lines().limit(9).toList());
        Map<Event, Long> before = gateway.events();
        for (int i = 0; i < 2; i++) {
            findings.equal(
                    "the tenant is answered",
                    S1 + " 1000 a flow to cache",
                    FlowCacheLab.ask(network.t1, S1, 12345).lastLine());
        }
        findings.equal(
                "the first answer by the OTR, the second not",
                "decapsulated=2 unknown=1 encapsulated=1 returned=1 learnt=1",
                gateway.since(before));
        findings.equal("nothing is carried for so few", 0L, watch.carried());
    }

    private long received() throws IOException, InterruptedException {
        return Long.parseLong(network.t1
                .run("cat", "/sys/class/net/vx100/statistics/rx_packets")
                .lastLine());
    }

    /** S2 sends to t1; all that it sent comes out of the kernel's VXLAN device, wherever it was encapsulated. */
    private void stream(Findings findings) throws IOException, InterruptedException {
        findings.step("load from S2 to t1, carried; its context is deleted meanwhile");
        Map<Event, Long> before = gateway.events();
        long inKernel = watch.ofKernel(), arrived = received();
        Running stream = network.s2.start(datagrams(600, 1000, 0.0005)).awaitWords("sending");
        watch.awaitCarried();
        Thread.sleep(LOOK_MILLIS);
        look(findings, "");
        findings.succeeded("the control plane deletes all contexts", gateway.forget());
        Thread.sleep(LATE_MILLIS);
        Map<Event, Long> more = gateway.more(before);
        findings.equal("the destination was learnt anew", 1L, more.get(Event.LEARNT));
        look(findings, "again: ");
        stream.signal("INT");
        long sent = Long.parseLong(stream.await().lastLine().split(" ", -1)[1]);
        Thread.sleep(LATE_MILLIS);
        long carried = watch.ofKernel() - inKernel;
        more = gateway.more(before);
        long inSoftware = more.getOrDefault(Event.ENCAPSULATED, 0L) + more.getOrDefault(Event.RETURNED, 0L);
        findings.equal("S2's datagrams, all of them out of t1's VXLAN device", sent, received() - arrived);
        findings.equal("those that the kernel carried, and those of the program", sent, carried + inSoftware);
        long hits = Watch.number(gateway.caches(), "hitPackets");
        findings.check("and the cache's hits, most of them carried", hits > carried * 9 / 10, hits);
        findings.check("most of them carried", carried > 9 * inSoftware, carried + " and " + inSoftware);
    }

    private void look(Findings findings, String when) throws IOException, InterruptedException {
        Map<Event, Long> before = gateway.events();
        long kernel = watch.ofKernel(), arrived = received();
        Thread.sleep(LOOK_MILLIS);
        long later = received() - arrived;
        Thread.sleep(LOOK_MILLIS / 2);
        findings.check(when + "of a second, packets out of the data centre's VXLAN device", later > 1000, later);
        long carried = watch.ofKernel() - kernel;
        findings.check(when + "packets that the kernel carried", carried > 1000, carried);
        Map<Event, Long> more = gateway.more(before);
        long seen = more.getOrDefault(Event.ENCAPSULATED, 0L) + more.getOrDefault(Event.UNKNOWN, 0L);
        findings.check(when + "that came to the program", seen < FEW, seen + ": " + Gateway.text(more));
    }

    /** What sends them from S2 to t1. */
    private static String[] datagrams(double seconds, int size, double pause) {
        return new String[] {"python3", "stream.py", TENANT, "9", "5000", "" + seconds, "" + size, "" + pause};
    }

    private void tooLarge(Findings findings) throws IOException, InterruptedException {
        findings.step("a datagram that is too large for the tunnel, of a flow that is carried");
        network.s2.run(datagrams(1.5, 100, PAUSE));
        findings.check("the flow is carried", watch.carried() > 0, watch.carried());
        Map<Event, Long> before = gateway.events();
        long up = Watch.number(watch.ask("/v1/offload"), "too-long");
        Result told = network.s2.run(datagrams(0.1, 1472, PAUSE));
        findings.check("S2 is told the limit", told.out().contains("mtu 1450"), told.lastLine());
        String more = gateway.since(before);
        findings.check("by the program", more.contains("too_large="), more);
        Thread.sleep(LATE_MILLIS);
        long now = Watch.number(watch.ask("/v1/offload"), "too-long");
        findings.check("to which the kernel left it", now > up, now - up);
    }

    /** Contexts live for two seconds from here on; one whose flow is carried for longer stays. */
    private void aging(Findings findings) throws IOException, InterruptedException {
        findings.step("a context does not age while its flow is carried, and takes it along when it does");
        findings.succeeded("contexts live for 2 s", gateway.remember(AGE_MILLIS));
        findings.succeeded("all are forgotten", gateway.forget());
        Thread.sleep(LATE_MILLIS);
        Map<Event, Long> before = gateway.events();
        network.s2.run(datagrams(3 * AGE_MILLIS / 1000.0, 100, PAUSE));
        long carried = watch.carried();
        Map<Event, Long> more = gateway.more(before);
        findings.equal("learnt in three times as long", 1L, more.get(Event.LEARNT));
        findings.check(
                "packets that came to the program",
                more.getOrDefault(Event.ENCAPSULATED, 0L) < FEW,
                Gateway.text(more));
        findings.check("it was carried until then", carried > 0, carried);
        Thread.sleep(AGE_MILLIS);
        findings.equal("contexts a while after the last packet", 0L, gateway.known());
        // the program hears of its entry between two vectors, the circle of the flow a moment later
        for (int look = 0; look < LOOKS && watch.carried() > 0; look++) Thread.sleep(LATE_MILLIS);
        findings.equal("flows that are carried", 0L, watch.carried());
    }
}
