package dev.weir.p4.typed;

import dev.weir.p4.source.Span;

/** What a name can stand for when it has a value or can be called. */
public sealed interface Symbol permits Variable, Definition {
    Span span();

    String name();
}
