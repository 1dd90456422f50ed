package dev.weir.p4.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers that come with the compiler. */
class HeadersTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "core.p4",
                "tc/pna.p4",
                "bmv2/pna.p4",
                "pna.p4",
                "dpdk/pna.p4",
                "weir/flow.p4",
                "v1model.p4",
                "bmv2/psa.p4",
                "dpdk/psa.p4",
                "ebpf_model.p4"
            })
    void header_isFoundWithoutAPath_andParses(String name) {
        Diagnostics diagnostics = new Diagnostics();
        SourceFile main =
                SourceFile.of("main.p4", "#include <" + name + ">\n#include \"" + name + "\"\nconst bit<8> x = 1;\n");
        Program program = P4Parser.parse(main, new IncludePath(List.of()), Map.of(), diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        assertThat(program.declarations()).hasSizeGreaterThan(1);
        assertThat(program.declarations())
                .filteredOn(d -> d instanceof Declaration.Constant)
                .last()
                .extracting(d -> d.span().file().name())
                .isEqualTo("main.p4");
        assertThat(program.declarations())
                .filteredOn(d -> d instanceof Declaration.Errors)
                .hasSize(1);
    }
}
