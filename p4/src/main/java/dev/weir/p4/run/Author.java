package dev.weir.p4.run;

/** Who changed an entry. */
public enum Author {
    DATA_PATH,
    TIMER,
    CONTROL
}
