package dev.weir.server.p4info;

import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Type;

/**
 * How an architecture calls what P4Info describes.
 *
 * @param name as P4Info has it
 * @param counter the table property that names direct counters
 * @param meter the table property that names direct meters
 * @param implementation the table property that names an action profile or selector
 * @param idle the table property that says what happens to idle entries
 */
record Vocabulary(String name, String counter, String meter, String implementation, String idle) {
    private static final Vocabulary V1MODEL =
            new Vocabulary("v1model", "counters", "meters", "implementation", "support_timeout");

    static Vocabulary of(TypedProgram program) {
        Definition.Instance main = program.main();
        String architecture = main != null && main.type() instanceof Type.Block block
                ? block.shape().name()
                : "";
        return switch (architecture) {
            case "V1Switch" -> V1MODEL;
            case "PSA_Switch" -> prefixed("psa");
            default -> prefixed("pna");
        };
    }

    private static Vocabulary prefixed(String name) {
        return new Vocabulary(
                name,
                name + "_direct_counter",
                name + "_direct_meter",
                name + "_implementation",
                name + "_idle_timeout");
    }
}
