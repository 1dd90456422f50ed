package dev.weir.p4.stf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.run.FlowMark;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StfReaderTest {
    private final Diagnostics diagnostics = new Diagnostics();

    private List<StfStatement> read(String text) {
        return StfReader.read(SourceFile.of("test.stf", text), diagnostics);
    }

    private StfStatement one(String text) {
        List<StfStatement> statements = read(text);
        assertThat(diagnostics.render()).isEmpty();
        return statements.getFirst();
    }

    @Test
    void packet_hasSpacesWhereItLikes_andAComment() {
        StfStatement.Packet packet = (StfStatement.Packet) one("  PACKET 3 00 0a0 bCD # not this\n");
        assertThat(packet.port()).isEqualTo(3);
        assertThat(packet.digits()).isEqualTo("000a0bcd");
    }

    @ParameterizedTest
    @CsvSource({
        "'expect 1 0a*b', 0a0b, true",
        "'expect 1 0a*b', 0a0bff, true",
        "'expect 1 0a*b$', 0a0bff, false",
        "'expect 1 0a*b $', 0afb, true",
        "'expect 1 0a*b', 0a, false",
        "'expect 1 0A*B', 0a0c, false"
    })
    void expect_matchesByDigits(String line, String packet, boolean matches) {
        PacketPattern pattern = Objects.requireNonNull(((StfStatement.Expect) one(line)).pattern());
        assertThat(pattern.matches(packet)).isEqualTo(matches);
    }

    @Test
    void expect_withoutData_isAnyPacket() {
        assertThat(((StfStatement.Expect) one("expect 1")).pattern()).isNull();
    }

    @Test
    void add_hasPriorityKeysActionAndName() {
        var add = (StfStatement.Add)
                one("add ex1 110 extra$0.h:0x25** t[1].x:10/8 b:0b1*0 act2(val:0x27, port:1 last:2) = $1");
        assertThat(add.table().text()).isEqualTo("ex1");
        assertThat(add.priority()).isEqualTo(110);
        assertThat(add.matches()).extracting(match -> match.key().text()).containsExactly("extra$0.h", "t[1].x", "b");
        assertThat(add.matches().getFirst().number())
                .isEqualTo(new StfNumber(BigInteger.valueOf(0x2500), BigInteger.valueOf(0xff00)));
        assertThat(add.matches().get(1).number()).isEqualTo(StfNumber.of(BigInteger.TEN));
        assertThat(add.matches().get(1).prefix()).isEqualTo(8);
        assertThat(add.matches().getLast().number())
                .isEqualTo(new StfNumber(BigInteger.valueOf(4), BigInteger.valueOf(5)));
        var action = (StfStatement.Action) add.called();
        assertThat(action.name().text()).isEqualTo("act2");
        assertThat(action.arguments())
                .extracting(argument -> argument.parameter().text())
                .containsExactly("val", "port", "last");
    }

    @Test
    void add_referringToMembers_hasANumber() {
        assertThat(((StfStatement.Add) one("add ways dst:1 member 7")).called())
                .extracting("group", "number")
                .containsExactly(false, 7L);
        assertThat(((StfStatement.Add) one("add ways dst:1 GROUP 2")).called())
                .extracting("group", "number")
                .containsExactly(true, 2L);
        assertThat(((StfStatement.Add) one("add ways dst:1 member()")).called())
                .isInstanceOf(StfStatement.Action.class);
    }

    @Test
    void valuesMembersAndGroups_haveTheirParts() {
        var value = (StfStatement.ValueAdd) one("value_add ports 0x1*");
        assertThat(value.matches().getFirst().key().text()).isEmpty();
        var pair = (StfStatement.ValueAdd) one("value_add pairs a:1 b:10/4");
        assertThat(pair.matches()).extracting(match -> match.key().text()).containsExactly("a", "b");
        var member = (StfStatement.MemberAdd) one("member_add chosen 3 to(port:1)");
        assertThat(member.number()).isEqualTo(3);
        var group = (StfStatement.GroupAdd) one("group_add chosen 9 3 4 4");
        assertThat(group.members()).containsExactly(3L, 4L, 4L);
    }

    @Test
    void checks_haveConditions() {
        assertThat(one("check_counter seen(3) bytes >= 70"))
                .extracting("index", "bytes", "condition.number")
                .containsExactly(3L, true, 70L);
        assertThat(one("check_counter seen != 1")).extracting("index", "bytes").containsExactly(0L, false);
        assertThat(one("check_flow not_offloaded")).extracting("mark").isEqualTo(FlowMark.NOT_OFFLOADED);
        assertThat(one("check_size flows < 2")).extracting("condition").hasToString("< 2");
        assertThat(one("register_read last 2 0x7f")).extracting("index").isEqualTo(2L);
        assertThat(one("wait 31s")).extracting("nanos").isEqualTo(31_000_000_000L);
        assertThat(one("wait")).extracting("nanos").isEqualTo(0L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "pakcet 1 00 | 1 | 'pakcet' is no keyword of a test",
                "packet x 00 | 8 | the port is no number",
                "packet 1 000 | 10 | a packet is whole octets in hexadecimal",
                "packet 1 0*00 | 10 | a packet is whole octets in hexadecimal",
                "expect 1 zz | 10 | a packet is written in hexadecimal digits",
                "packet 99999999999 00 | 8 | the port is out of range",
                "add t k:0x1g a() | 9 | the key's value is no number",
                "add t k: a() | 10 | the key's value is no number",
                "add t k:1 a | 12 | '(' is missing after the action's name",
                "add t k:1 a(x 1) | 15 | ':' is missing after the parameter's name",
                "add t k:1 a(x:1 | 16 | a parameter, or ')', is missing",
                "add t k:1 a() b | 15 | the line should end here",
                "remove t | 8 | only 'remove all' is known",
                "wait 3 | 6 | '3' is no time to wait",
                "check_size t 3 | 14 | a comparison is missing",
                "check_flow kept | 12 | 'kept' is nothing that a program says of a flow",
                "check_counter c(1 == 2 | 19 | ')' is missing after the index",
            })
    void fault_isToldAtItsColumn_andTheNextLineIsRead(String line, int column, String message) {
        List<StfStatement> statements = read(line + "\nno_packet\n");
        assertThat(statements).hasSize(1);
        assertThat(diagnostics.render())
                .startsWith("test.stf:1:" + column + ": error[")
                .contains("]: " + message + "\n");
    }

    @Test
    void repeat_isThatStatementSoOften() {
        assertThat(read("repeat 3 no_packet\nrepeat 0 wait\nrepeat 2 repeat 2 wait"))
                .hasSize(3);
        assertThat(diagnostics.render()).contains("'repeat' cannot be repeated");
    }

    @Test
    void anyText_isReadOrTold() {
        String[] parts = {
            "packet", "expect", " ", "1", "0x", "*", ":", "(", ")", "add", "t", "/", "\n", "$", "=", "#", "wait", "==",
            "\u0000", "ff"
        };
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 5000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n > 0; n--) text.append(parts[random.nextInt(parts.length)]);
            StfReader.read(SourceFile.of("test.stf", text.toString()), new Diagnostics());
        }
    }
}
