package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Octets to values with places, or to faults with places. */
class YamlReaderTest {
    private final List<Fault> faults = new ArrayList<>();

    @Test
    void values_knowTheirPlaces() {
        Yaml.Mapping root = mapping("workers: 2\nports:\n  left: {interface: eth0}\n");
        Yaml.Entry ports = root.entries().get(1);
        assertThat(ports.key().at()).isEqualTo(new Place(2, 1));
        Yaml.Entry left = ((Yaml.Mapping) ports.value()).entries().getFirst();
        Yaml.Entry device = ((Yaml.Mapping) left.value()).entries().getFirst();
        assertThat(device.value().at()).isEqualTo(new Place(3, 21));
        assertThat(device.value().says()).isEqualTo("'eth0'");
    }

    @Test
    void emptyFile_isAnEmptyMapping() {
        assertThat(read("# nothing yet\n")).isInstanceOf(Yaml.Mapping.class);
        assertThat(faults).isEmpty();
    }

    @Test
    void byteOrderMark_isNoPartOfTheText() {
        assertThat(mapping("\uFEFFworkers: 2").entries().getFirst().key().text())
                .isEqualTo("workers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        tab in the indentation     | ports:\\n\\tleft: x           | 2:1: a tab stands in the indentation
        tab deeper down            | ports:\\n  a: 1\\n\\tb: 2     | 3:1: a tab stands in the indentation
        bracket never closed       | pin: [0, 1\\nworkers: 2       | 2:8: is no YAML: while parsing a flow sequence
        indentation that wavers    | a:\\n    b: 1\\n  c: 2        | 3:3: is no YAML: while parsing a block mapping
        same key twice             | a: 1\\nb: 2\\na: 3            | 3:1: a: stands twice, first on line 1; remove one
        key that is a list         | ? [a, b]\\n: 1                | 1:3: a key is a list; a key is one word
        two documents              | a: 1\\n---\\nb: 2             | 2:1: a second document begins
        tag                        | a: !!binary aGk=              | 1:4: the tag tag:yaml.org,2002:binary means nothing
        alias of nothing           | a: *b                         | 1:4: there is no anchor &b before
        alias of what it is in     | a: &a [*a]                    | 1:8: there is no anchor &a before
        control character          | a: "\001"                    | 1:5: the character U+0001 is not allowed in YAML
        """)
    void whatIsNoYaml_isAFaultWithItsPlace(String title, String text, String fault) {
        read(text.translateEscapes());
        assertThat(faults).extracting(f -> f.line("f")).first().asString().startsWith("f:" + fault);
    }

    @Test
    void octetsThatAreNoUtf8_areAFaultWithTheirPlace() {
        assertThat(YamlReader.read(new byte[] {'a', ':', '\n', ' ', (byte) 0xFF}, faults))
                .isNull();
        assertThat(faults)
                .containsExactly(new Fault(new Place(2, 2), "", "the octet 0xFF is no UTF-8; save the file as UTF-8"));
    }

    @Test
    void aliases_repeatTheirAnchor() {
        Yaml.Mapping root = mapping("a: &x [1, 2]\nb: *x\n");
        assertThat(root.entries().get(1).value()).isSameAs(root.entries().get(0).value());
    }

    @Test
    void aliasesThatExpandWithoutEnd_areRefusedEarly() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append("*a%d, ".formatted(i - 1).repeat(10))
                    .append("]\n");
        }
        assertThat(read(bomb.toString())).isNull();
        assertThat(faults).singleElement().extracting(Fault::message).asString().startsWith("holds too many values");
    }

    @Test
    void depth_isBounded() {
        assertThat(read("[".repeat(50_000))).isNull();
        assertThat(faults)
                .containsExactly(new Fault(new Place(1, 33), "", "is nested too deeply: limit=32; flatten it"));
    }

    @Test
    void size_isBounded() {
        assertThat(YamlReader.read(new byte[YamlReader.MAX_BYTES + 1], faults)).isNull();
        assertThat(faults).singleElement().extracting(Fault::message).asString().startsWith("is too large");
    }

    private Yaml.Mapping mapping(String text) {
        return (Yaml.Mapping) Objects.requireNonNull(read(text));
    }

    private @Nullable Yaml read(String text) {
        return YamlReader.read(text.getBytes(StandardCharsets.UTF_8), faults);
    }
}
