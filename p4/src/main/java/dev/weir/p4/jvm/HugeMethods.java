package dev.weir.p4.jvm;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * How long a method the running JVM compiles. HotSpot leaves one of more than 8000 bytes to its interpreter, unless it is started with {@code -XX:-DontCompileHugeMethods},
 * as the launcher starts it. Any thread may ask.
 */
final class HugeMethods {
    /** HotSpot's HugeMethodLimit. */
    static final int LIMIT = 8000;

    /** Where HotSpot has no limit. The largest program that was measured has 20,000 bytes; far beyond that its optimizing compiler gives up. */
    private static final int MOST = 3 * LIMIT;

    private static final String OPTION = "DontCompileHugeMethods";

    private HugeMethods() {}

    /** The most bytes of a method that becomes machine code. */
    static int limit() {
        return Holder.COMPILED ? MOST : LIMIT;
    }

    private static final class Holder {
        static final boolean COMPILED = areCompiled();

        private static boolean areCompiled() {
            @Nullable
            HotSpotDiagnosticMXBean hotSpot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            try {
                return hotSpot != null && hotSpot.getVMOption(OPTION).getValue().equals("false");
            } catch (IllegalArgumentException e) {
                return false; // another JVM, which does not have the option: it may have the limit
            }
        }
    }
}
