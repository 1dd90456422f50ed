package dev.weir.p4.stf;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;

/** A test that was read: what to do with a program, and what to expect of it. */
public final class StfTest {
    private final List<StfStatement> statements;

    private StfTest(List<StfStatement> statements) {
        this.statements = statements;
    }

    /** Reads it; faults are told, and the test has what is left. */
    public static StfTest read(SourceFile file, Diagnostics diagnostics) {
        return new StfTest(StfReader.read(file, diagnostics));
    }

    List<StfStatement> statements() {
        return statements;
    }
}
