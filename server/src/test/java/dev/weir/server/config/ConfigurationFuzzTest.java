package dev.weir.server.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;

/** Any octets are a configuration or faults that say where: nothing is thrown. */
class ConfigurationFuzzTest {
    @FuzzTest
    void read_anyFile_givesAConfigurationOrFaults(byte[] octets) {
        switch (ConfigurationFile.read(octets)) {
            case Valid valid -> check(valid.configuration().graph().faults().isEmpty(), "valid with faults");
            case Invalid invalid -> {
                check(!invalid.faults().isEmpty(), "invalid for no reason");
                for (Fault fault : invalid.faults()) {
                    check(fault.at().line() > 0 && fault.at().column() > 0, "nowhere");
                    check(fault.line("f").lines().count() == 1, "more than a line");
                    check(fault.message().contains(";") || fault.message().contains(": "), "no remedy");
                }
            }
        }
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
