package dev.weir.export.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.table.FlowRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled filters against the {@link Interpreter}, by way of their text. */
class FilterPropertyTest {
    private static final int EXPRESSIONS = 250, RECORDS = 60;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void filter_agreesWithTheInterpreter_andItsTextReadsTheSame(long seed) throws FilterException {
        RandomFlows flows = new RandomFlows(seed);
        List<FlowRecord> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(flows.record());
        }
        int held = 0;
        for (int i = 0; i < EXPRESSIONS; i++) {
            Expression expression = flows.expression(i % 5);
            String text = NormalForm.of(expression);
            if (text.length() > FlowFilter.MAX_LENGTH) {
                continue;
            }
            assertThat(Parser.parse(text))
                    .as("seed=%d expression=%d: %s", seed, i, text)
                    .isEqualTo(expression);
            FlowFilter filter = FlowFilter.compile(text);
            for (int r = 0; r < RECORDS; r++) {
                boolean expected = Interpreter.holds(expression, records.get(r));
                assertThat(filter.test(records.get(r)))
                        .as("seed=%d expression=%d record=%d: %s", seed, i, r, text)
                        .isEqualTo(expected);
                held += expected ? 1 : 0;
            }
        }
        assertThat(held)
                .as("neither nearly always nor nearly never")
                .isBetween(EXPRESSIONS * RECORDS / 5, EXPRESSIONS * RECORDS * 4 / 5);
    }
}
