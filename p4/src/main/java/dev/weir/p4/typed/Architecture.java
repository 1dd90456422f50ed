package dev.weir.p4.typed;

import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;

/** Whose rules hold where PNA and P4TC say other things of the same: of a program that includes {@code tc/pna.p4}, those of P4TC. */
public enum Architecture {
    /** None that runs here. */
    OTHER,
    PNA,
    TC;

    /** @param declared where {@code PNA_NIC} is declared */
    public static Architecture of(Span declared) {
        SourceFile file = declared.file();
        while (true) {
            if (file.name().endsWith("tc/pna.p4")) return TC;
            Span from = file.includedFrom();
            if (from == null) return PNA;
            file = from.file();
        }
    }
}
