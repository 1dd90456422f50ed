package dev.weir.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.table.feature.FeatureGroup;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Names of features, which the documentation defines, and what can be asked of a column. */
class FeatureColumnsTest {
    private static final Path PAGE = Path.of("../docs/features.md");
    private static final Pattern NAME = Pattern.compile("`([a-z0-9_]+)`");

    /** The names in a group's section, in the order in which they stand there. */
    private static List<String> documented(FeatureGroup group) throws IOException {
        var names = new ArrayList<String>();
        boolean here = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("## ")) {
                here = line.startsWith("## `" + group.label());
            }
            if (here && line.startsWith("| `")) {
                String last = "";
                for (var found = NAME.matcher(line.substring(0, line.indexOf('|', 1))); found.find(); ) {
                    String name = found.group(1);
                    last = name.startsWith("_") ? last.substring(0, last.lastIndexOf('_')) + name : name;
                    names.add(last);
                }
            }
        }
        return names;
    }

    private static List<String> expanded(List<String> names) {
        var all = new ArrayList<String>();
        for (String name : names) {
            if (name.startsWith("way_")) {
                for (String way : List.of("bidirectional", "src2dst", "dst2src")) {
                    all.add(way + name.substring(3));
                }
            } else {
                all.add(name);
            }
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(FeatureGroup.class)
    void columns_ofAGroup_areThoseOfTheDocumentation(FeatureGroup group) throws IOException {
        List<String> labels = FeatureColumns.of(FeatureSet.of(group)).stream()
                .map(FeatureColumn::label)
                .toList();
        assertThat(labels).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(expanded(documented(group)));
    }

    @Test
    void columns_ofAllGroups_areEachOnceAndAnswerOfNoPackets() {
        FeatureSet set = FeatureSet.all(5);
        var values = new FeatureValues(set).wrap(MemorySegment.ofArray(new long[set.annexBytes() / 8]), 0);
        List<FeatureColumn> columns = FeatureColumns.of(set);
        assertThat(columns).extracting(FeatureColumn::label).doesNotHaveDuplicates();
        for (FeatureColumn column : columns) {
            switch (column.kind()) {
                case INTEGER ->
                    assertThat(column.integer(values)).as(column.label()).isZero();
                case DECIMAL ->
                    assertThat(column.decimal(values)).as(column.label()).isZero();
                case INTEGERS, DECIMALS, TEXT ->
                    assertThat(column.size(values)).as(column.label()).isZero();
            }
        }
        assertThat(FeatureColumns.of(FeatureSet.NONE)).isEmpty();
    }

    @Test
    void column_askedForAnotherKind_saysWhichItIs() {
        FeatureColumn windows =
                FeatureColumns.of(FeatureSet.of(FeatureGroup.WINDOWS)).getFirst();
        var values = new FeatureValues(FeatureSet.of(FeatureGroup.WINDOWS));
        assertThatThrownBy(() -> windows.decimal(values))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("fwd_init_win_bytes: is of kind INTEGER");
    }
}
