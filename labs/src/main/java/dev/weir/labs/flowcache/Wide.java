package dev.weir.labs.flowcache;

import static dev.weir.labs.flowcache.FlowCacheLab.ask;
import static dev.weir.labs.flowcache.FlowCacheLab.command;
import static dev.weir.labs.flowcache.FlowCacheLab.figure;
import static dev.weir.labs.flowcache.FlowCacheLab.packets;
import static dev.weir.labs.flowcache.Network.DC_IPV6;
import static dev.weir.labs.flowcache.Network.GATEWAY_IPV6;
import static dev.weir.labs.flowcache.Network.S1;
import static dev.weir.labs.flowcache.Network.S1_IPV6;
import static dev.weir.labs.flowcache.Network.SWITCH_MAC;
import static dev.weir.labs.flowcache.Network.TENANT;

import dev.weir.labs.Findings;
import dev.weir.labs.Result;
import dev.weir.labs.Running;
import dev.weir.labs.Testbed;
import dev.weir.labs.flowcache.Gateway.Event;
import dev.weir.labs.offload.Watch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A network over IPv6, in a VLAN that an octet does not name, by a gateway of two workers and an OTR that nobody has told anything. */
final class Wide {
    private static final Pattern PACKETS = Pattern.compile("\"packets\": ?\"?([0-9]+)");

    private final Testbed bed;
    private final Network network;
    private final Gateway gateway;

    Wide(Testbed bed, Network network, Gateway gateway) {
        this.bed = bed;
        this.network = network;
        this.gateway = gateway;
    }

    /** No box runs. */
    void check(Findings findings) throws IOException, InterruptedException {
        Captures captures = new Captures(network, "wide-");
        Running weir = bed.weir(network.sswitch, "wide.yaml");
        Running server = network.servers
                .start(command("responder", "servers_sswitch", "--address", S1 + "," + S1_IPV6, "--print", "1"))
                .awaitWords("weir: responder: running");
        Running otr = network.otr
                .start(command(
                        "otr",
                        "otr_sswitch",
                        "--local",
                        GATEWAY_IPV6,
                        "--local-mac",
                        SWITCH_MAC,
                        "--learn",
                        "--vlan",
                        "3000=300",
                        "--wide-vlan",
                        "--print",
                        "9"))
                .awaitWords("weir: otr: running");
        findings.succeeded("entries live for 5 minutes here", gateway.remember());
        walk(server, otr, findings);
        load(findings);
        String learnt = otr.stop().out();
        findings.check("the OTR learnt the tenants of their packets", figure(learnt, "learnt") > 100, learnt.strip());
        findings.equal("and knew each before its first answer", 0L, figure(learnt, "unknown"));
        captures.check(findings);
        findings.succeeded("the gateway drained", weir.stop());
        findings.succeeded("the servers end when they are asked", server.stop());
    }

    private void walk(Running server, Running otr, Findings findings) throws IOException, InterruptedException {
        findings.step("t4: VNI 3000 over IPv6, VLAN 300, two workers, an OTR that learns of packets");
        Map<Event, Long> events = gateway.events();
        String answer = S1 + " 1000 a flow to cache";
        findings.equal(
                "the tenant is answered", answer, ask(network.t4, S1, 12345).lastLine());
        findings.equal(
                "S1 got it in VLAN 300",
                List.of("answered: vlan 300, " + S1 + ":1000 > " + TENANT + ":12345 udp, 61 octets"),
                packets(server));
        findings.equal(
                "the OTR, which had seen a copy, encapsulated the answer and named the VLAN in 12 bits",
                List.of("encapsulated, vlan 300 named: vni 3000, " + S1 + ":1000 > " + TENANT
                        + ":12345 udp, 127 octets"),
                packets(otr));
        findings.equal("the gateway learnt", "decapsulated=1 unknown=1 returned=1 learnt=1", gateway.since(events));
        events = gateway.events();
        findings.equal("and again", answer, ask(network.t4, S1, 12345).lastLine());
        findings.equal("without the OTR", "decapsulated=1 encapsulated=1", gateway.since(events));
        findings.equal(
                "by IPv6 inside too",
                S1_IPV6 + " 1000 a flow to cache",
                ask(network.t4, S1_IPV6, 12345).lastLine());
        String pinged =
                network.t4.run("ping", "-c", "10", "-i", "0.05", "-W", "2", S1).out();
        findings.check(
                "ping",
                pinged.contains(" 0% packet loss"),
                pinged.lines().filter(line -> line.contains("loss")).toList());
    }

    private void load(Findings findings) throws IOException, InterruptedException {
        findings.step("load over IPv6: 200 flows, 1000 packets a second for 3 s");
        Result load = network.datacenter.run(command(
                "tenants",
                "dc_sswitch",
                "--local",
                DC_IPV6,
                "--remote",
                GATEWAY_IPV6,
                "--remote-mac",
                SWITCH_MAC,
                "--vni",
                "3000",
                "--tenant",
                "192.168.128.1",
                "--flows",
                "200",
                "--rate",
                "1000",
                "--duration",
                "3s",
                "--wait",
                "5s"));
        long sent = figure(load.out(), "sent"), answered = figure(load.out(), "answered");
        findings.check("nearly all were answered", sent > 2000 && answered >= sent - sent / 100, load.lastLine());
        findings.equal("none to somebody else", 0L, figure(load.out(), "astray"));
        List<Long> workers = PACKETS.matcher(new Watch(network.sswitch).ask("/v1/workers"))
                .results()
                .map(found -> Long.parseLong(found.group(1)))
                .toList();
        findings.check(
                "both workers forwarded",
                workers.size() == 2 && workers.stream().allMatch(n -> n > 500),
                workers);
    }
}
