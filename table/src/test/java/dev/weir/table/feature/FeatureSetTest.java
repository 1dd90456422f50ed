package dev.weir.table.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of groups, and the room that they take. */
class FeatureSetTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sizes                    | sizes                | 0
            IAT, flags               | iat,flags            | 0
            first-packets            | first-packets        | 10
            bulk,first-packets:255   | bulk,first-packets   | 255
            sizes,sizes              | sizes                | 0
            """)
    void parse_names_areTheGroups(String text, String groups, int firstPackets) {
        FeatureSet set = FeatureSet.parse(text);
        assertThat(set).hasToString(groups);
        assertThat(set.firstPackets()).isEqualTo(firstPackets);
        assertThat(set.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            size               | size; there are: all, sizes, payload,
            sizes,             | (empty); there are:
            first-packets:0    | out of range: 0; give 1 to 255
            first-packets:256  | out of range: 256; give 1 to 255
            first-packets:x    | not a number: x; give 1 to 255
            sizes:3            | no features of that name: sizes:3
            """)
    void parse_somethingElse_saysWhatThereIs(String text, String message) {
        assertThatThrownBy(() -> FeatureSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void annex_ofGroups_isPaidForWhatIsAsked() {
        assertThat(FeatureSet.NONE.annexBytes()).isZero();
        for (FeatureGroup group : FeatureGroup.values()) {
            FeatureSet set = FeatureSet.of(group);
            assertThat(set.annexBytes()).as(group.label()).isBetween(64, 336).matches(bytes -> bytes % 8 == 0);
            assertThat(FeatureSet.parse(group.label())).isEqualTo(set).hasSameHashCodeAs(set);
        }
        assertThat(FeatureSet.parse("all")).isEqualTo(FeatureSet.all(FeatureSet.FIRST_PACKETS));
        assertThat(FeatureSet.all(1).annexBytes()).isLessThan(850);
        assertThat(FeatureSet.all(255).annexBytes() - FeatureSet.all(1).annexBytes())
                .isEqualTo(254 * 16);
    }
}
