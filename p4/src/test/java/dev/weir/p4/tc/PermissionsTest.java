package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.p4.tc.Permissions.Right;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {
    @ParameterizedTest
    @CsvSource({
        "0x3de6, CRUD-PSCR--XP-, CRUDPS:CRXP",
        "0x3da4, CRUD-PS-R--X--, CRUDPS:RX",
        "0x1da6, -RUD-PS-R--XP-, RUDPS:RXP",
        "0x1dbc, -RUD-PS-RUDX--, RUDPS:RUDX",
        "0x1024, -R------R--X--, R:RX",
        "0x0, --------------, :",
        "0x3fff, CRUDXPSCRUDXPS, CRUDXPS:CRUDXPS"
    })
    void text_hexAndLettersAreTheSame(String hex, String printed, String letters) {
        Permissions permissions = new Permissions(Integer.decode(hex));
        assertThat(permissions).hasToString(printed).isEqualTo(Permissions.parse(letters));
        assertThat(permissions.hex()).isEqualTo(hex);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CRUD", "CRUQ:R", "CR:UZ", "c:r"})
    void parse_ofNone_isNull(String text) {
        assertThat(Permissions.parse(text)).isNull();
    }

    @Test
    void ofEntry_nobodyCreatesWithIt() {
        assertThat(Permissions.ADD_ON_MISS.ofEntry().hex()).isEqualTo("0x1da6");
        assertThat(Permissions.TABLE.ofEntry().hex()).isEqualTo("0x1da4");
    }

    @Test
    void rights_areThoseOfTheirPath() {
        assertThat(Permissions.ADD_ON_MISS.allowData(Right.CREATE)).isTrue();
        assertThat(Permissions.TABLE.allowData(Right.CREATE)).isFalse();
        assertThat(Permissions.TABLE.allowControl(Right.CREATE)).isTrue();
        assertThat(Permissions.CONSTANT.allowControl(Right.DELETE)).isFalse();
        assertThat(Permissions.TABLE.contain(Permissions.CONSTANT)).isTrue();
        assertThat(Permissions.CONSTANT.contain(Permissions.TABLE)).isFalse();
    }

    @Test
    void bits_beyondFourteen_areRefused() {
        assertThatThrownBy(() -> new Permissions(0x4000)).hasMessageContaining("0x4000 has more than 14 bits");
    }
}
