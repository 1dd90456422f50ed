package dev.weir.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the modules go one way, and what is banned is not used. */
class ArchitectureTest {
    /** In order: each imports only from those before it. Modules that are not made yet keep their place. */
    private static final List<String> MODULES =
            List.of("packet", "table", "wire", "dataplane", "p4", "offload", "api", "export", "server", "cli");

    private static JavaClasses classes = new ClassFileImporter().importClasses();

    @BeforeAll
    static void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .withImportOption(place -> !place.contains("/testing/") && !place.contains("/weir-testing"))
                .importPackages("dev.weir");
    }

    @Test
    void modules_importOnlyFromThoseBefore() {
        LayeredArchitecture layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
        for (String module : MODULES) {
            layers = layers.optionalLayer(module).definedBy("dev.weir." + module + "..");
        }
        for (int i = 0; i < MODULES.size() - 1; i++) {
            String[] after = MODULES.subList(i + 1, MODULES.size()).toArray(new String[0]);
            layers = layers.whereLayer(MODULES.get(i)).mayOnlyBeAccessedByLayers(after);
        }
        layers.whereLayer(MODULES.getLast()).mayNotBeAccessedByAnyLayer().check(classes);
    }

    @Test
    void everyClass_belongsToAModule() {
        List<String> strangers = classes.stream()
                .map(c -> c.getPackageName())
                .distinct()
                .filter(p -> MODULES.stream().noneMatch(m -> (p + ".").startsWith("dev.weir." + m + ".")))
                .toList();
        assertThat(strangers).isEmpty();
        assertThat(classes.contain(Main.class)).isTrue();
    }

    @Test
    void packet_dependsOnTheJdkAlone() {
        noClasses()
                .that()
                .resideInAPackage("dev.weir.packet..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("dev.weir.packet..", "java..", "org.jspecify.annotations..")
                .check(classes);
    }

    @Test
    void picocli_isTheCommandLinesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weir.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(classes);
    }

    /** Its classes trust the addresses that they are given. */
    @Test
    void partsOfTables_areUsedByTheTablesAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.weir.table..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.weir.table.parts..")
                .check(classes);
    }

    @Test
    void internals_areUsedByNobody() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("sun..", "jdk.internal..")
                .check(classes);
    }
}
