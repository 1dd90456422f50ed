package dev.weir.labs.flowcache;

import static dev.weir.labs.flowcache.Network.DC;
import static dev.weir.labs.flowcache.Network.DC_MAC;
import static dev.weir.labs.flowcache.Network.GATEWAY;
import static dev.weir.labs.flowcache.Network.S1;
import static dev.weir.labs.flowcache.Network.SWITCH_MAC;
import static dev.weir.labs.flowcache.Network.TENANT;
import static dev.weir.labs.flowcache.Network.TENANT_MAC;

import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Lab;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The flow cache: a VXLAN gateway that learns from a device with a very large table, walked step by step, then under load and with parts that fail. */
public final class FlowCacheLab implements Lab {
    private static final int SETTLE_MILLIS = 300;

    @Override
    public String name() {
        return "flow-cache";
    }

    @Override
    public String summary() {
        return "a VXLAN gateway learns flows from a device with a very large table";
    }

    @Override
    public List<String> programs() {
        return List.of(
                "ethtool:ethtool",
                "python3:python3",
                "ping:iputils-ping",
                "curl:curl",
                "iperf3:iperf3",
                "tcpdump:tcpdump",
                "tshark:tshark");
    }

    @Override
    public void run(Testbed bed, Findings findings) throws IOException, InterruptedException {
        Network network = new Network(bed);
        Gateway gateway = new Gateway(network.sswitch);
        Captures captures = new Captures(network, "");
        Running weir = bed.weir(network.sswitch, "weir.yaml");
        Running server = network.servers
                .start(command("responder", "servers_sswitch", "--address", S1, "--print", "9"))
                .awaitWords("weir: responder: running");
        Running otr = startOtr(network.otr, "9");

        findings.succeeded("entries live for 5 minutes here", gateway.remember());
        walk(network, gateway, server, otr, findings);
        new Stacks(bed, network, gateway).check(captures, findings);

        hostile(network, gateway, findings);
        load(network, gateway, findings);
        weir = restart(bed, network, gateway, weir, findings);
        otr = withoutOtr(network, gateway, otr, findings);
        findings.succeeded("the gateway drained", weir.stop());

        new Carried(bed, network, gateway).check(findings);
        findings.succeeded("the OTR ends when it is asked", otr.stop());
        findings.succeeded("the servers end when they are asked", server.stop());
        new Wide(bed, network, gateway).check(findings);
    }

    static String[] command(String... words) {
        return Testbed.command(words).toArray(new String[0]);
    }

    private static Running startOtr(Host host, String print) throws IOException, InterruptedException {
        return host.start(command(
                        "otr",
                        "otr_sswitch",
                        "--local",
                        GATEWAY,
                        "--local-mac",
                        SWITCH_MAC,
                        "--vni-per-vlan",
                        "10",
                        "--remote",
                        DC,
                        "--remote-mac",
                        DC_MAC,
                        "--inner-mac",
                        TENANT_MAC,
                        "--print",
                        print))
                .awaitWords("weir: otr: running");
    }

    /** Lines of packets that a box has printed. */
    static List<String> packets(Running box) throws IOException, InterruptedException {
        Thread.sleep(SETTLE_MILLIS);
        return box.said().lines().filter(line -> line.contains(" octets")).toList();
    }

    /** The document, line by line: the first answer goes by the OTR, the second does not. */
    private static void walk(Network network, Gateway gateway, Running server, Running otr, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the first packet of t1");
        Map<Gateway.Event, Long> before = gateway.events();
        Result first = ask(network.t1, S1, 12345);
        findings.equal("the tenant is answered", S1 + " 1000 a flow to cache", first.lastLine());
        List<String> answered = packets(server);
        findings.equal(
                "S1 got it in VLAN 10, and answered",
                List.of("answered: vlan 10, " + S1 + ":1000 > " + TENANT + ":12345 udp, 61 octets"),
                answered);
        findings.equal(
                "the OTR got the answer and encapsulated it, with the VLAN in the reserved octet",
                List.of("encapsulated, vlan 10 named: vni 100, " + S1 + ":1000 > " + TENANT + ":12345 udp, 107 octets"),
                packets(otr));
        findings.equal(
                "the gateway decapsulated it, asked the OTR in state 0, learnt, and sent what came back",
                "decapsulated=1 unknown=1 returned=1 learnt=1",
                gateway.since(before));
        findings.equal("it knows one destination now", 1L, gateway.known());
        findings.check("this one", gateway.contexts().contains("::ffff:" + TENANT), gateway.contexts());

        findings.step("the same packet again");
        before = gateway.events();
        findings.equal(
                "the tenant is answered",
                S1 + " 1000 a flow to cache",
                ask(network.t1, S1, 12345).lastLine());
        findings.equal("S1 answered twice now", 2, packets(server).size());
        findings.equal("the OTR was not asked", 1, packets(otr).size());
        findings.equal(
                "the gateway encapsulated the answer itself, in state 1",
                "decapsulated=1 encapsulated=1",
                gateway.since(before));

        findings.step("t2 has the same address and asks the same server");
        before = gateway.events();
        findings.equal(
                "it is answered",
                S1 + " 1000 a flow to cache",
                ask(network.t2, S1, 12345).lastLine());
        findings.check(
                "in a VLAN of its own",
                packets(server).getLast().startsWith("answered: vlan 20, "),
                packets(server).getLast());
        findings.equal(
                "and is another destination to the gateway",
                "decapsulated=1 unknown=1 returned=1 learnt=1",
                gateway.since(before));
        findings.equal("two known now", 2L, gateway.known());
    }

    static Result ask(Host tenant, String server, int sourcePort, String... options)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("python3", "ask.py", server, "1000", Integer.toString(sourcePort)));
        command.addAll(List.of(options));
        return tenant.run(command.toArray(new String[0]));
    }

    /** What no router sends changes nothing. */
    private static void hostile(Network network, Gateway gateway, Findings findings)
            throws IOException, InterruptedException {
        findings.step("a VNI that has no server, reserved octets from the data centre, malformed tunnels");
        long known = gateway.known();
        Map<Gateway.Event, Long> before = gateway.events();
        Result wrong = tenants(network.datacenter, "--vni", "999", "--wait", "500ms");
        findings.check("VNI 999 is not answered", wrong.status() == 1, wrong.lastLine());
        findings.equal("the gateway knew no server", "no_server=1", gateway.since(before));

        before = gateway.events();
        Host datacenter = network.datacenter;
        findings.equal(
                "with a VLAN in the reserved octet",
                "2",
                datacenter.run("python3", "forge.py", "dc_sswitch", "spoofed").lastLine());
        Thread.sleep(SETTLE_MILLIS);
        findings.check(
                "packets are decapsulated as others are",
                gateway.since(before).startsWith("decapsulated=2 "),
                gateway.since(before));
        before = gateway.events();
        findings.equal(
                "malformed ones",
                "6",
                datacenter.run("python3", "forge.py", "dc_sswitch", "malformed").lastLine());
        Thread.sleep(SETTLE_MILLIS);
        findings.equal("are dropped and counted", "malformed=6", gateway.since(before));
        findings.check(
                "only the answer to the spoofed ones was learnt, from the OTR",
                gateway.known() <= known + 1,
                gateway.known() + " known, " + known + " before");
        findings.equal(
                "tenants go on",
                S1 + " 1000 a flow to cache",
                ask(network.t1, S1, 12346).lastLine());
    }

    static Result tenants(Host datacenter, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of("tenants", "dc_sswitch", "--local", DC, "--remote", GATEWAY, "--remote-mac", SWITCH_MAC));
        words.addAll(List.of("--tenant", "192.168.128.1"));
        words.addAll(List.of(options));
        return datacenter.run(command(words.toArray(new String[0])));
    }

    /** A figure of what a box printed at its end; -1 where there is none. */
    static long figure(String said, String name) {
        var found = java.util.regex.Pattern.compile("\\b" + name + "=([0-9]+)").matcher(said);
        return found.find() ? Long.parseLong(found.group(1)) : -1;
    }

    private static void load(Network network, Gateway gateway, Findings findings)
            throws IOException, InterruptedException {
        findings.step("load: 2 networks, 500 flows by Zipf that drift, 1000 packets a second for 4 s");
        Map<Gateway.Event, Long> before = gateway.events();
        Result load = tenants(
                network.datacenter,
                "--vni",
                "100,200",
                "--flows",
                "500",
                "--skew",
                "1.1",
                "--drift",
                "50",
                "--rate",
                "1000",
                "--duration",
                "4s",
                "--wait",
                "5s");
        long sent = figure(load.out(), "sent"), answered = figure(load.out(), "answered");
        findings.check("nearly all were answered", sent > 3000 && answered >= sent - sent / 100, load.lastLine());
        findings.equal("none to somebody else", 0L, figure(load.out(), "astray"));
        long asked = gateway.since(before, Gateway.Event.UNKNOWN);
        findings.check(
                "the OTR had little to do",
                asked > 0 && asked < sent / 2,
                asked + " of " + sent + " packets, " + gateway.since(before));
        String caches = gateway.caches();
        findings.check(
                "figures of each VLAN's part of the cache",
                caches.contains("\"tenant\":\"10\"") && caches.contains("\"tenant\":\"20\""),
                caches);
    }

    private static Running restart(Testbed bed, Network network, Gateway gateway, Running weir, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the gateway is restarted");
        findings.succeeded("it drained", weir.stop());
        Result down = ask(network.t1, S1, 12345, "0.5");
        findings.check("nothing passes meanwhile", down.status() != 0, down.lastLine());
        Running again = bed.weir(network.sswitch, "weir.yaml");
        findings.succeeded("entries live for 5 minutes again", gateway.remember());
        Map<Gateway.Event, Long> before = gateway.events();
        findings.equal(
                "then tenants are answered",
                S1 + " 1000 a flow to cache",
                ask(network.t1, S1, 12345).lastLine());
        findings.equal("and it learns anew", "decapsulated=1 unknown=1 returned=1 learnt=1", gateway.since(before));
        return again;
    }

    /** @return the OTR that is there again */
    private static Running withoutOtr(Network network, Gateway gateway, Running otr, Findings findings)
            throws IOException, InterruptedException {
        findings.step("the OTR is gone");
        Result ended = otr.stop();
        findings.succeeded("it ends when it is asked", ended);
        findings.check("it had answered all that it could", figure(ended.out(), "unknown") == 0, ended.lastLine());
        findings.equal(
                "what is cached goes on",
                S1 + " 1000 a flow to cache",
                ask(network.t1, S1, 12347).lastLine());
        Result lost = ask(network.t2, S1, 12345, "1");
        findings.check("what is not is lost", lost.status() != 0, lost.lastLine());
        Running again = startOtr(network.otr, "0");
        findings.equal(
                "with the OTR back, that is answered too",
                S1 + " 1000 a flow to cache",
                ask(network.t2, S1, 12345).lastLine());
        findings.equal("known now", 2L, gateway.known());
        return again;
    }
}
