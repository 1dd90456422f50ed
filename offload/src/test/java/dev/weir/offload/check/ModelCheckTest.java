package dev.weir.offload.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.Samples;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelCheckTest {
    @Test
    void theSample_isSound() {
        assertThat(ModelCheck.violations(Samples.model())).isEmpty();
    }

    /** Each adds one thing to the sound model. */
    static Stream<Arguments> faults() {
        FieldRef type = FieldRef.column(1, 1, 3, MaskType.EXACT);
        return Stream.of(
                header(new Header("h", 0, List.of()), "zero-uid: header 0: 0 ends a list and is no uid"),
                header(new Header("h", 3, List.of()), "repeated-uid: header 3: is there twice"),
                header(new Header("", 9, List.of()), "no-name: header 9 (): has no name; give one"),
                header(
                        new Header("h", 9, List.of(new Field("f", 1, 8), new Field("g", 1, 8))),
                        "repeated-uid: header 9 (h), field 1: is there twice"),
                header(new Header("h", 9, List.of(new Field("f", 0, 8))), "zero-uid: header 9 (h), field 0"),
                action(Action.of("a", 7), "repeated-uid: action 7: is there twice"),
                action(new Action(null, 9, null), "no-name: action 9 (null): has no name"),
                action(
                        Action.of("a", 9, new ActionArg("x", ValueType.NONE, null)),
                        "no-type: action 9 (a), argument 0: has no type"),
                table(List.of(), 4, "unknown-action: table 9 (t): has action 4, which is not there"),
                table(List.of(FieldRef.column(1, 1, 3, MaskType.UNSPEC)), 5, "no-mask-type: table 9 (t), column 0"),
                table(List.of(type, type), 5, "repeated-column: table 9 (t), column 1: is the same field"),
                table(
                        List.of(FieldRef.column(8, 1, 3, MaskType.EXACT)),
                        5,
                        "unknown-instance: table 9 (t), column 0: is of instance 8, which is no node"),
                table(
                        List.of(FieldRef.column(1, 3, 12, MaskType.EXACT)),
                        5,
                        "unknown-header: table 9 (t), column 0: is of header 3, which node 1 does not take"),
                table(
                        List.of(FieldRef.column(1, 1, 9, MaskType.EXACT)),
                        5,
                        "unknown-field: table 9 (t), column 0: is of field 9, which ethernet does not have"),
                table(
                        List.of(FieldRef.column(3, 3, 14, MaskType.EXACT)),
                        5,
                        "variable-width: table 9 (t), column 0: is field options"),
                headerNode(
                        new HeaderNode("n", 9, List.of(8L), List.of()),
                        "unknown-header: header graph, node 9 (n): takes header 8"),
                headerNode(
                        new HeaderNode("n", 9, List.of(), List.of(new Jump(8, FieldRef.ALWAYS))),
                        "unknown-node: header graph, node 9 (n), jump 0: leads to 8, which is no node"),
                headerNode(
                        new HeaderNode(
                                "n",
                                9,
                                List.of(),
                                List.of(new Jump(
                                        1,
                                        FieldRef.column(2, 2, 3, MaskType.EXACT).exactly(Samples.u16(0x1000))))),
                        "wrong-width: header graph, node 9 (n), jump 0: asks for 0x1000, which is wider than the 12 bits of vid"),
                tableNode(new TableNode(9, 0, List.of()), "unknown-table: table graph, node 9: is no table"),
                tableNode(new TableNode(ROOT, 8, List.of()), "unknown-flags: table graph, node 1: has flags 8"),
                tableNode(
                        new TableNode(Samples.ROUTE, 0, List.of(new Jump(Samples.ACL, FieldRef.ALWAYS))),
                        "repeated-uid: table graph, node 3: is there twice"));
    }

    private static final long ROOT = Samples.ACL;

    private static Arguments header(Header more, String expected) {
        return Arguments.of(new Document.Headers(and(Samples.headers(), more)), expected);
    }

    private static Arguments action(Action more, String expected) {
        return Arguments.of(new Document.Actions(and(Samples.actions(), more)), expected);
    }

    private static Arguments table(List<FieldRef> columns, long action, String expected) {
        Table more = new Table("t", 9, 1, 0, 1, columns, List.of(action));
        return Arguments.of(new Document.Tables(and(Samples.tables(1), more)), expected);
    }

    private static Arguments headerNode(HeaderNode more, String expected) {
        return Arguments.of(new Document.HeaderGraph(and(Samples.headerGraph(), more)), expected);
    }

    private static Arguments tableNode(TableNode more, String expected) {
        return Arguments.of(new Document.TableGraph(and(Samples.tableGraph(), more)), expected);
    }

    private static <T> List<T> and(List<T> items, T more) {
        List<T> all = new ArrayList<>(items);
        all.add(more);
        return all;
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("faults")
    void aFault_isToldWithRulePlaceAndRemedy(Document part, String expected) {
        List<Violation> violations = ModelCheck.violations(Samples.model().with(part));
        assertThat(violations)
                .extracting(Violation::toString)
                .anySatisfy(line -> assertThat(line).startsWith(expected));
        assertThat(violations)
                .allSatisfy(violation -> assertThat(violation.reason()).contains("; "));
    }

    @Test
    void aTableGraphThatGoesRound_isALoop() {
        List<TableNode> round = List.of(
                new TableNode(Samples.ACL, 0, List.of(new Jump(Samples.BRIDGE, FieldRef.ALWAYS))),
                new TableNode(Samples.BRIDGE, 0, List.of(new Jump(Samples.ACL, FieldRef.ALWAYS))));
        assertThat(ModelCheck.violations(Samples.model().with(new Document.TableGraph(round))))
                .extracting(Violation::rule)
                .containsExactly(ModelRule.LOOP);
    }

    @Test
    void aDeepTableGraph_overflowsNoStack() {
        long depth = 100_000;
        List<Table> tables = LongStream.rangeClosed(1, depth)
                .mapToObj(i -> new Table("t", i, 1, 0, 1, List.of(), List.of()))
                .toList();
        List<TableNode> nodes = LongStream.rangeClosed(1, depth)
                .mapToObj(i -> new TableNode(i, 0, i == depth ? List.of() : List.of(new Jump(i + 1, FieldRef.ALWAYS))))
                .toList();
        assertThat(ModelCheck.violations(
                        Samples.model().with(new Document.Tables(tables)).with(new Document.TableGraph(nodes))))
                .isEmpty();
    }

    @Test
    void flowCheck_ofAModelWithFaults_tellsAll() {
        assertThatThrownBy(() -> FlowCheck.of(Samples.model().with(new Document.Headers(List.of()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown-header: header graph, node 1")
                .hasMessageContaining("unknown-header: table 1 (acl), column 0");
    }
}
