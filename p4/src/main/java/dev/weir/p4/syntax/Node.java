package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;

/** Anything in the tree. Records are equal when their places are, too: two trees that say the same are told by their printed text. */
public interface Node {
    Span span();
}
