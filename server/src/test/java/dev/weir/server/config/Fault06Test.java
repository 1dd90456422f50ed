package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The original's sixth fault is not ours: its {@code max-flows} was parsed into the variable of {@code next-node}, and a command that
 * left {@code next-node} out reset it without a word.
 */
class Fault06Test {
    private static final String BASE = """
            ports:
              left: {interface: eth0}
              right: {interface: eth1}
            nodes:
              seen: {type: count}
              wires: {type: cross-connect, pairs: [[left, right]]}
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            flow-table: {max-flows: 5000}                    | flow-table.max-flows
            flow-table: {idle-timeout: 5m}                   | flow-table.idle-timeout
            flow-table: {tcp-close: false}                   | flow-table.tcp-close
            flow-table: {active-timeout: 5m}                 | flow-table.active-timeout
            flow-table: {tunnels: inner}                     | flow-table.tunnels
            flow-table: {tcp-timeouts: {start: 5}}           | flow-table.tcp-timeouts.start
            flow-table: {tcp-timeouts: {syn: 5}}             | flow-table.tcp-timeouts.syn
            flow-table: {tcp-timeouts: {syn-ack: 5}}         | flow-table.tcp-timeouts.syn-ack
            flow-table: {tcp-timeouts: {established: 5}}     | flow-table.tcp-timeouts.established
            flow-table: {tcp-timeouts: {fin: 5}}             | flow-table.tcp-timeouts.fin
            flow-table: {tcp-timeouts: {fin-ack: 5}}         | flow-table.tcp-timeouts.fin-ack
            flow-table: {tcp-timeouts: {rst: 5}}             | flow-table.tcp-timeouts.rst
            flow-table: {fragments: {held: 5}}               | flow-table.fragments.held
            flow-table: {fragments: {bytes: 64k}}            | flow-table.fragments.bytes
            flow-table: {fragments: {time: 5}}               | flow-table.fragments.time
            workers: 2                                       | workers
            log-level: error                                 | log-level
            """)
    void fault06_settingOneOption_changesThatOneOnly(String line, String option) {
        Configuration without = ConfigurationFileTest.valid(BASE);
        Configuration with = ConfigurationFileTest.valid(BASE + line + "\n");
        assertThat(without.changes(with)).singleElement().asString().startsWith(option + ": was ");
        assertThat(differing(without, with)).containsExactly(last(option));
    }

    @ParameterizedTest
    @CsvSource({
        "next, wires",
        "segments, refuse",
        "ring, 64",
        "bypass-qdisc, true",
        "flow-table, false",
        "driver, af-xdp"
    })
    void fault06_settingOneOptionOfAPort_changesThatOneOfThatPortOnly(String option, String value) {
        Configuration without = ConfigurationFileTest.valid(BASE);
        Configuration with = ConfigurationFileTest.valid(
                BASE.replace("interface: eth0", "interface: eth0, %s: %s".formatted(option, value)));
        assertThat(without.changes(with))
                .singleElement()
                .asString()
                .startsWith("ports.left." + option + ": was ")
                .endsWith(", is " + value);
        assertThat(with.graph().ports().get(1))
                .isEqualTo(without.graph().ports().get(1));
        assertThat(with.ports().get("right")).isEqualTo(without.ports().get("right"));
    }

    @Test
    void fault06_reloadThatLeavesAnOptionOut_meansItsDefault_andSaysSo() {
        Configuration with =
                ConfigurationFileTest.valid(BASE.replace("interface: eth0", "interface: eth0, next: wires"));
        Configuration without = ConfigurationFileTest.valid(BASE);
        assertThat(with.changes(without))
                .containsExactly("ports.left.next: was wires, is the first of the chain (default)");
        assertThat(without.graph().ports().getFirst().next()).isNull();
        assertThat(without).usingRecursiveComparison().isEqualTo(ConfigurationFileTest.valid(BASE));
    }

    /** The parts of two configurations that differ, by the option that sets them. */
    private static List<String> differing(Configuration a, Configuration b) {
        Map<String, Object> first = parts(a), second = parts(b);
        List<String> names = new ArrayList<>();
        first.forEach((name, value) -> {
            if (!value.equals(second.get(name))) {
                names.add(name);
            }
        });
        return names;
    }

    private static Map<String, Object> parts(Configuration c) {
        var t = c.graph().table();
        Map<String, Object> parts = new LinkedHashMap<>();
        parts.put("max-flows", t.maxFlows());
        parts.put("idle-timeout", t.lifetime());
        parts.put("tcp-close", t.tcpClose());
        parts.put("active-timeout", t.activeTimeout());
        parts.put("start", t.tcpLifetimes().start());
        parts.put("syn", t.tcpLifetimes().syn());
        parts.put("syn-ack", t.tcpLifetimes().synAck());
        parts.put("established", t.tcpLifetimes().established());
        parts.put("fin", t.tcpLifetimes().fin());
        parts.put("fin-ack", t.tcpLifetimes().finAck());
        parts.put("rst", t.tcpLifetimes().rst());
        parts.put("held", c.graph().fragments().fragments());
        parts.put("bytes", c.graph().fragments().bytes());
        parts.put("time", c.graph().fragments().time());
        parts.put("tunnels", c.graph().tunnels());
        parts.put("workers", c.graph().workers());
        parts.put("log-level", c.logLevel());
        parts.put("ports", c.graph().ports());
        parts.put("nodes", c.graph().nodes());
        parts.put("chains", c.graph().chains());
        parts.put("made of", c.ports());
        return parts;
    }

    private static String last(String option) {
        return option.substring(option.lastIndexOf('.') + 1);
    }
}
