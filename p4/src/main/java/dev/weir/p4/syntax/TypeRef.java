package dev.weir.p4.syntax;

import dev.weir.p4.source.Span;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A type as it is written where one is used. */
public sealed interface TypeRef extends Node {
    /** A type that is one word. {@code INT} is the one of any width. */
    record Simple(Span span, Simple.Kind kind) implements TypeRef {
        public enum Kind {
            BOOL("bool"),
            INT("int"),
            ERROR("error"),
            MATCH_KIND("match_kind"),
            STRING("string"),
            VOID("void");

            private final String spelling;

            Kind(String spelling) {
                this.spelling = spelling;
            }

            public String spelling() {
                return spelling;
            }
        }
    }

    /**
     * {@code bit<8>}, {@code int<8>}, {@code varbit<8>}.
     *
     * @param width null for {@code bit} alone, which is one bit wide
     */
    record Bits(Span span, Bits.Kind kind, @Nullable Expression width) implements TypeRef {
        public enum Kind {
            BIT("bit"),
            INT("int"),
            VARBIT("varbit");

            private final String spelling;

            Kind(String spelling) {
                this.spelling = spelling;
            }

            public String spelling() {
                return spelling;
            }
        }
    }

    /** @param absolute whether a dot before it has it looked up from the outermost scope */
    record Named(Span span, boolean absolute, String name) implements TypeRef {}

    /** {@code Register<bit<32>, bit<8>>}. */
    record Specialized(Span span, Named base, List<TypeRef> arguments) implements TypeRef {}

    /** {@code vlan_t[2]}: a stack of headers, or an array. */
    record Array(Span span, TypeRef element, Expression size) implements TypeRef {}

    record ListOf(Span span, TypeRef element) implements TypeRef {}

    record Tuple(Span span, List<TypeRef> elements) implements TypeRef {}

    /** {@code _} among type arguments: whatever it is. */
    record Any(Span span) implements TypeRef {}
}
