package dev.weir.p4.types;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A type of P4-16. Two are the same type where they are {@code equal}: what is declared with a name is the same only as itself, all else is
 * compared part by part. Names of {@code typedef} are gone. {@link Object#toString} is what diagnostics show.
 */
public sealed interface Type {
    /** A type that is one word. */
    enum Basic implements Type {
        /** Of what a fault was told about already: it goes with everything and is never told about again. */
        UNKNOWN("unknown"),
        VOID("void"),
        BOOL("bool"),
        /** A number of any width, which is always known when the program is compiled. */
        INTEGER("int"),
        STRING("string"),
        ERROR("error"),
        MATCH_KIND("match_kind"),
        /** Of a header that is not valid, before it is known which header is not valid. */
        INVALID("{#}"),
        /** Of {@code ...}, {@code _} and {@code default}, before it is known what they stand for. */
        ANY("_");

        private final String spelling;

        Basic(String spelling) {
            this.spelling = spelling;
        }

        @Override
        public String toString() {
            return spelling;
        }
    }

    /** {@code bit<8>} or {@code int<8>}. */
    record Bits(int width, boolean signed) implements Type {
        @Override
        public String toString() {
            return (signed ? "int<" : "bit<") + width + ">";
        }
    }

    /** @param width the most bits it can have */
    record Varbit(int width) implements Type {
        @Override
        public String toString() {
            return "varbit<" + width + ">";
        }
    }

    /** A type of its own with the values of another: {@code type bit<9> PortId_t}. */
    record Distinct(Shape.Alias shape, Type of) implements Type {
        @Override
        public String toString() {
            return shape.name();
        }
    }

    /** @param representation null where the members have no numbers */
    record Enumeration(Shape.Members shape, @Nullable Type representation) implements Type {
        /** The number of a member, or null where there is no such member or it has none. */
        public @Nullable BigInteger number(String member) {
            return shape.numbers().get(member);
        }

        @Override
        public String toString() {
            return shape.name();
        }
    }

    /** A struct, header or union of headers, with what its type parameters stand for. */
    record Struct(Shape.Fields shape, List<Type> arguments) implements Type {
        public Shape.Kind kind() {
            return shape.kind();
        }

        public boolean isHeader() {
            return shape.kind() == Shape.Kind.HEADER;
        }

        public List<Field> fields() {
            return Substitution.of(shape.parameters(), arguments).inFields(shape.fields());
        }

        @Override
        public String toString() {
            return named(shape.name(), arguments);
        }
    }

    record Field(String name, Type type) {}

    /** A stack of headers or unions, or an array of anything else. */
    record Stack(Type element, int size) implements Type {
        @Override
        public String toString() {
            return element + "[" + size + "]";
        }
    }

    record Tuple(List<Type> elements) implements Type {
        @Override
        public String toString() {
            return named("tuple", elements);
        }
    }

    /** Of {@code {1, 2}}, which becomes a tuple, struct, header, array or list, as is asked for. */
    record Values(List<Type> elements, boolean defaults) implements Type {
        @Override
        public String toString() {
            return "list of " + elements.size() + " value" + (elements.size() == 1 ? "" : "s");
        }
    }

    /** Of {@code {a = 1, b = 2}}, which becomes a struct or header, as is asked for. */
    record NamedValues(List<Field> fields, boolean defaults) implements Type {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("list of");
            for (Field field : fields) {
                text.append(text.length() == 7 ? " " : ", ").append(field.name());
            }
            return text.toString();
        }
    }

    record ListOf(Type element) implements Type {
        @Override
        public String toString() {
            return "list<" + element + ">";
        }
    }

    /** What keys are compared with: values, masks, ranges, sets. */
    record SetOf(Type element) implements Type {
        @Override
        public String toString() {
            return "set<" + element + ">";
        }
    }

    record Extern(Shape.ExternObject shape, List<Type> arguments) implements Type {
        @Override
        public String toString() {
            return named(shape.name(), arguments);
        }
    }

    /** A parser, control or package: a type of such, or one with a body. */
    record Block(Shape.Block shape, List<Type> arguments) implements Type {
        @Override
        public String toString() {
            return named(shape.name(), arguments);
        }
    }

    /** A table, what its {@code apply()} gives, or what {@code action_run} of that gives. The table is known by its actions. */
    record Table(Shape.Table shape, Table.View view) implements Type {
        public enum View {
            TABLE,
            RESULT,
            ACTION_RUN
        }

        @Override
        public String toString() {
            return switch (view) {
                case TABLE -> "table " + shape.name();
                case RESULT -> "result of table " + shape.name();
                case ACTION_RUN -> "action_run of table " + shape.name();
            };
        }
    }

    /** A type parameter inside of what has it. */
    record Parameter(Shape.TypeParameter shape) implements Type {
        @Override
        public String toString() {
            return shape.name();
        }
    }

    /** What is to be inferred at one place. */
    record Hole(int number) implements Type {
        @Override
        public String toString() {
            return "_";
        }
    }

    private static String named(String name, List<Type> arguments) {
        if (arguments.isEmpty() && !name.equals("tuple")) return name;
        StringBuilder text = new StringBuilder(name).append('<');
        for (int i = 0; i < arguments.size(); i++) {
            text.append(i == 0 ? "" : ", ").append(arguments.get(i));
        }
        return text.append('>').toString();
    }
}
