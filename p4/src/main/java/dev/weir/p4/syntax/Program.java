package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;
import java.util.List;

/** A whole program, what it includes in the place where it does. */
public record Program(Span span, List<Declaration> declarations) implements Node {}
