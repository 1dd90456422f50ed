package dev.weir.export.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import dev.weir.table.TestRecord;
import dev.weir.testing.Allocation;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What expressions mean, and the normal form that they have. */
class FlowFilterTest {
    /** 10.0.0.1:40000 > 10.0.0.2:80, 8 s long, 3 + 2 packets, 1500 + 500 bytes, ended by its timer 15 s after its last packet. */
    private static final FlowRecord WEB = new TestRecord()
            .id(17)
            .tenant(42)
            .forward("2026-11-21T08:00:00Z", "2026-11-21T08:00:08Z", 3, 1_500, 1_542)
            .reverse("2026-11-21T08:00:01Z", "2026-11-21T08:00:07Z", 2, 500, 528)
            .flags(0x12, 0x14)
            .state(TcpState.SYN_ACK)
            .context(0x10, true)
            .kind(FlowEvent.ENDED, FlowEvent.BY_TIMER, EndReason.IDLE)
            .at("2026-11-21T08:00:23Z")
            .view();

    /** [2001:db8::1]:5353 > [2001:db8:ffff::2]:53, one packet, goes on. */
    private static final FlowRecord DNS = new TestRecord()
            .family("2001:db8::1", "2001:db8:ffff::2")
            .protocol(17)
            .ports(5353, 53)
            .flags(0, 0)
            .state(TcpState.NONE)
            .infos(0x0001_0203_0405_0607L, 0x0809_0A0B_0C0D_0E0FL)
            .kind(0, FlowEvent.BY_CONTROL, EndReason.NONE)
            .view();

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
            true                                                    ; both
            false                                                   ; none
            proto == tcp                                            ; web
            PROTO == TCP                                            ; web
            proto == 17                                             ; dns
            protocol != tcp                                         ; dns
            proto in {tcp, 17}                                      ; both
            protocol_number < 7                                     ; web
            ip_version == 6                                         ; dns
            src == 10.0.0.1                                         ; web
            src == 10.0.0.2                                         ; none
            dst == 10.0.0.2                                         ; web
            host == 10.0.0.2                                        ; web
            net in 10.0.0.0/30                                      ; web
            addr in 10.0.0.2..10.0.0.9                              ; web
            src in 10.0.0.2..10.0.0.9                               ; none
            src in 0.0.0.0/0                                        ; web
            src in ::/0                                             ; dns
            src in {0.0.0.0/0, ::/0}                                ; both
            src in ::ffff:10.0.0.0/104                              ; none
            src == 2001:0db8:0:0::1                                 ; dns
            host in 2001:db8:fffe::/47                              ; dns
            host not in 2001:db8:fffe::/47                          ; web
            host != 10.0.0.2                                        ; dns
            dst in 2001:db8:ffff::1..2001:db8:ffff::2               ; dns
            src_port == 40000                                       ; web
            port == 53                                              ; dns
            port != 53                                              ; web
            port in {22, 53, 80, 443}                               ; both
            port in 1..79                                           ; dns
            !(port >= 1024)                                         ; none
            dst_port < 1024 && src_port > 5353                      ; web
            tenant == 42                                            ; web
            flow_id == 17                                           ; web
            packets == 5                                            ; web
            fwd_packets == 3 and rev_packets == 2                   ; web
            bytes == 2k                                             ; web
            bytes > 1.9k                                            ; web
            bytes >= 2Ki                                            ; none
            fwd_bytes == 1500 && rev_bytes == 500                   ; web
            frame_bytes == 2070                                     ; web
            rate == 250                                             ; web
            rate == 0                                               ; dns
            duration == 8                                           ; web
            duration >= 8s && duration < 8s1ns                      ; web
            duration in 7.5..8.5                                    ; web
            duration < 1ms                                          ; dns
            age == 23s                                              ; web
            idle == 15s                                             ; both
            start_time == 2026-11-21T09:00:00+01:00                 ; web
            end_time > 2026-11-21T08:00:01Z                         ; web
            time in 2026-11-21T08:00:20Z..2026-11-21T09:00:00Z      ; web
            fwd_tcp_flags has S                                     ; web
            fwd_tcp_flags has sa                                    ; web
            fwd_tcp_flags has SF                                    ; none
            fwd_tcp_flags == AS                                     ; web
            rev_tcp_flags in {SA, RA}                               ; web
            tcp_flags == SRA                                        ; web
            tcp_flags == none                                       ; dns
            state == SYN-ACK                                        ; web
            state == syn_ack                                        ; web
            state == none                                           ; dns
            end_reason in {idle, active}                            ; web
            end_reason == none                                      ; dns
            event == ended                                          ; web
            event != ended                                          ; dns
            author == timer                                         ; web
            offloaded                                               ; web
            !offloaded                                              ; dns
            offloaded == true                                       ; web
            offloaded != true                                       ; dns
            ctx_id == 0x10                                          ; web
            infos == 0x000102030405060708090a0b0c0d0e0f             ; dns
            infos != 0x000102030405060708090A0B0C0D0E0F             ; web
            proto == udp || proto == tcp && port == 443             ; dns
            (proto == udp or proto == tcp) and not port == 443      ; both
            !!offloaded                                             ; web
            not not not offloaded                                   ; dns
            """)
    void filter_meansTheFlows(String expression, String flows) throws FilterException {
        FlowFilter filter = FlowFilter.compile(expression);
        assertThat(filter.test(WEB)).as("web").isEqualTo(flows.equals("web") || flows.equals("both"));
        assertThat(filter.test(DNS)).as("dns").isEqualTo(flows.equals("dns") || flows.equals("both"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = ';', textBlock = """
            PROTO==TCP and(port==80)                    ; protocol == tcp && port == 80
            proto == 89 || proto == 90                  ; protocol == ospf || protocol == 90
            bytes > 1.5Mi                               ; bytes > 1572864
            duration > 90                               ; duration > 1m30s
            duration > 1.0000000015h                    ; duration > 1h5us400ns
            idle >= 0                                   ; idle >= 0s
            start_time > 2026-11-21T08:00:00.5+01:00    ; start_time > 2026-11-21T07:00:00.500Z
            port in {443, 80, 80, 90..99, 95..120}      ; port in {80, 90..120, 443}
            port in {80}                                ; port == 80
            port not in 80                              ; !(port == 80)
            src in {192.0.2.1/32, 10.0.0.0/8}           ; src_addr in {10.0.0.0/8, 192.0.2.1}
            src in {2001:DB8::/32, 10.0.0.0..10.0.0.9}  ; src_addr in {10.0.0.0..10.0.0.9, 2001:db8::/32}
            net in 10.0.0.0..10.255.255.255             ; host in 10.0.0.0/8
            tcp_flags has as                            ; tcp_flags has SA
            state == fin_ack                            ; tcp_state == FIN-ACK
            offloaded == false                          ; !offloaded
            not (proto == tcp or proto == udp)          ; !(protocol == tcp || protocol == udp)
            (offloaded && true) && (false || offloaded) ; offloaded && true && (false || offloaded)
            (port == 1 || port == 2) || port == 3       ; port == 1 || port == 2 || port == 3
            """)
    void toString_isTheNormalForm(String expression, String normal) throws FilterException {
        assertThat(FlowFilter.compile(expression)).hasToString(normal);
        assertThat(FlowFilter.compile(normal)).hasToString(normal);
    }

    @ParameterizedTest
    @EnumSource
    void example_ofEveryField_compiles(Field field) throws FilterException {
        assertThat(FlowFilter.compile(field.example).toString()).contains(field.label);
    }

    /** HotSpot compiles no method of 8000 bytes or more. */
    @ParameterizedTest
    @CsvSource({
        "port == %d ||",
        "host == 10.0.0.%d ||",
        "host == 2001:db8::%x ||",
        "!offloaded &&",
        "infos == 0x%032x ||"
    })
    void longExpression_isCutIntoMethodsThatAreCompiled(String term) throws FilterException {
        String last = "offloaded";
        int terms =
                (FlowFilter.MAX_LENGTH - last.length()) / (term.formatted(250).length() + 1);
        assertCompilable(
                IntStream.range(0, terms).mapToObj(i -> term.formatted(i % 250)).collect(Collectors.joining(" "))
                        + last);
    }

    @ParameterizedTest
    @CsvSource({"port in, %d", "fwd_bytes in, %d..%<d", "host in, 10.0.%d.0", "host in, 1:%x::/33", "infos in, 0x%032x"
    })
    void longSet_isCutIntoMethodsThatAreCompiled(String test, String item) throws FilterException {
        int items = Math.min(
                250, (FlowFilter.MAX_LENGTH - 16) / (item.formatted(255).length() + 2));
        assertCompilable(test + " "
                + IntStream.range(0, items)
                        .mapToObj(i -> item.formatted(i))
                        .collect(Collectors.joining(", ", "{", "}")));
    }

    private static void assertCompilable(String source) throws FilterException {
        FlowFilter filter = FlowFilter.compile(source);
        assertThat(filter.test(WEB)).isEqualTo(Interpreter.holds(Parser.parse(source), WEB));
        assertThat(filter.test(DNS)).isEqualTo(Interpreter.holds(Parser.parse(source), DNS));
        var file = ClassFile.of().parse(FilterCompiler.classFile(Parser.parse(source)));
        for (MethodModel method : file.methods()) {
            assertThat(((CodeAttribute) method.code().orElseThrow()).codeLength())
                    .as(method.methodName().stringValue())
                    .isLessThan(8_000);
        }
    }

    @Test
    void test_allocatesNothing() throws FilterException {
        FlowFilter filter = FlowFilter.compile(
                "rate > 1M || infos == 0x%032x || host in {10.9.0.0/16, 2001:db9::/32} || duration > 1h".formatted(1));
        int[] met = new int[1];
        assertThat(Allocation.octetsPerCall(10_000, () -> met[0] += filter.test(WEB) || filter.test(DNS) ? 1 : 0))
                .isZero();
        assertThat(met[0]).isZero();
    }
}
