package dev.weir.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class MalformedTest {
    /** A constant's name in lower case with hyphens is its public name: what a user reads can be found in the source. */
    @Test
    void name_everyCode_isItsConstantsName() throws IllegalAccessException {
        HashSet<Integer> seen = new HashSet<>();
        for (Field field : Malformed.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !field.getName().equals("COUNT")) {
                int code = field.getInt(null);
                assertThat(seen.add(code)).as("code %d is declared once", code).isTrue();
                assertThat(Malformed.name(code))
                        .isEqualTo(field.getName()
                                .toLowerCase(java.util.Locale.ROOT)
                                .replace('_', '-'));
            }
        }
        assertThat(seen).hasSize(Malformed.COUNT);
        assertThat(seen.stream().mapToInt(i -> i).max()).hasValue(Malformed.COUNT - 1);
    }

    @Test
    void name_codes_areNeverRenumbered() {
        assertThat(Arrays.asList(Malformed.name(0), Malformed.name(1), Malformed.name(18), Malformed.name(29)))
                .containsExactly("none", "not-captured", "bad-total-length", "nested-too-deep");
    }
}
