package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;

/** A name where it is declared, or where it is not looked up in a scope, like that of a field. */
public record Name(Span span, String text) implements Node {}
