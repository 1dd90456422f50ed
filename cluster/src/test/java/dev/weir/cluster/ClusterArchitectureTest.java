package dev.weir.cluster;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What runs on workers needs only the jars that go there. */
class ClusterArchitectureTest {
    @Test
    void job_usesOnlyWhatGoesToWorkers() {
        var classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.weir.cluster");
        noClasses()
                .that()
                .resideInAPackage("dev.weir.cluster.job..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(
                        "dev.weir.cluster.job..",
                        "dev.weir.packet..",
                        "dev.weir.table..",
                        "dev.weir.wire..",
                        "dev.weir.dataplane..",
                        "dev.weir.export..",
                        "org.apache.flink..",
                        "org.apache.kafka..",
                        "org.jspecify..",
                        "java..")
                .check(classes);
    }
}
