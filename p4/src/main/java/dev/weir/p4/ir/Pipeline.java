package dev.weir.p4.ir;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole program: what a packet is parsed into, what is done to it, and what is sent.
 *
 * <p><b>Data.</b> Everything is a {@link Value} of a number of bits; a boolean is one bit, a signed number is bits that signed operators
 * look at. What can be assigned is a <em>place</em>, known by name and width:
 *
 * <ul>
 *   <li>a {@link Variable}, by its name;
 *   <li>{@code h.f}: field {@code f} of header {@code h}. A varbit field is a number of its greatest width whose first bits are the field's
 *       bits and whose others are zero;
 *   <li>{@code h.f.$length}: how many bits a varbit field has, 16 bits wide;
 *   <li>{@code h.$valid}: whether header {@code h} is there, 1 bit. Fields keep what they hold when it changes;
 *   <li>{@code t.$hit} and {@code t.$action}: what the last {@link Instruction.Apply} of table {@code t} found, 1 bit, and the number of the
 *       action in {@link Table#actions}, 16 bits.
 * </ul>
 *
 * <p>All places are zero when a packet begins. Unions, structs and stacks are gone: each header of them is one of {@link #headers}, and
 * next indices are variables.
 *
 * <p><b>Order.</b> The parser runs from its first state; when it accepts, control runs, then the deparser, which emits headers in front of what
 * the parser has not consumed. A packet that the parser rejects without an error is dropped. With an error it goes on to control, with that
 * error in the variable of role {@link Role#PARSER_ERROR} and the headers extracted so far. Forwarding is decided by the last {@code forward}
 * or {@code drop}; a packet for which neither ran passes.
 *
 * @param name of the program: a name as in P4
 * @param errors by number; the first is {@code NoError}
 * @param states of the parser; the first is where it begins
 * @param control what is done to a packet; {@code leave $exit} ends it
 * @param deparser the same, with emits
 */
public record Pipeline(
        String name,
        List<String> errors,
        List<HeaderType> headerTypes,
        List<Header> headers,
        List<Variable> variables,
        List<Resource> resources,
        List<Digest> digests,
        List<ValueSet> valueSets,
        List<ActionProfile> profiles,
        List<Action> actions,
        List<Table> tables,
        List<State> states,
        List<Instruction> control,
        List<Instruction> deparser) {
    /** The states that end the parser; no state has these names. */
    public static final String ACCEPT = "accept", REJECT = "reject";

    /** Leaving this label ends control, or the deparser. */
    public static final String EXIT = "$exit";

    /** A parser that goes backwards (to the same state or to one listed before) more often than this fails with {@link #TIMEOUT}. */
    public static final int MOST_TURNS = 256;

    /** Errors that the parser raises of itself. */
    public static final String NO_ERROR = "NoError",
            TOO_SHORT = "PacketTooShort",
            NO_MATCH = "NoMatch",
            HEADER_TOO_SHORT = "HeaderTooShort",
            TIMEOUT = "ParserTimeout",
            INVALID_ARGUMENT = "ParserInvalidArgument";

    /** The errors that every program has, in this order, before its own. */
    public static final List<String> CORE_ERRORS =
            List.of(NO_ERROR, TOO_SHORT, NO_MATCH, "StackOutOfBounds", HEADER_TOO_SHORT, TIMEOUT, INVALID_ARGUMENT);

    public Pipeline {
        errors = List.copyOf(errors);
        headerTypes = List.copyOf(headerTypes);
        headers = List.copyOf(headers);
        variables = List.copyOf(variables);
        resources = List.copyOf(resources);
        digests = List.copyOf(digests);
        valueSets = List.copyOf(valueSets);
        profiles = List.copyOf(profiles);
        actions = List.copyOf(actions);
        tables = List.copyOf(tables);
        states = List.copyOf(states);
        control = List.copyOf(control);
        deparser = List.copyOf(deparser);
    }

    /** The same program with other code, for passes. */
    public Pipeline with(
            List<Action> others, List<State> states, List<Instruction> control, List<Instruction> deparser) {
        Builder parts = parts();
        replace(parts.actions, others);
        replace(parts.states, states);
        replace(parts.control, control);
        replace(parts.deparser, deparser);
        return parts.build(name);
    }

    /** The same program with other tables of the same names. */
    public Pipeline withTables(List<Table> others) {
        Builder parts = parts();
        replace(parts.tables, others);
        return parts.build(name);
    }

    private static <T> void replace(List<T> old, List<T> by) {
        old.clear();
        old.addAll(by);
    }

    private Builder parts() {
        Builder parts = new Builder();
        replace(parts.errors, errors);
        parts.headerTypes.addAll(headerTypes);
        parts.headers.addAll(headers);
        parts.variables.addAll(variables);
        parts.resources.addAll(resources);
        parts.digests.addAll(digests);
        parts.valueSets.addAll(valueSets);
        parts.profiles.addAll(profiles);
        parts.actions.addAll(actions);
        parts.tables.addAll(tables);
        parts.states.addAll(states);
        parts.control.addAll(control);
        parts.deparser.addAll(deparser);
        return parts;
    }

    /** The parts of a program while they are found. One thread. */
    public static final class Builder {
        /** Begins with {@link Pipeline#CORE_ERRORS}. */
        public final List<String> errors = new ArrayList<>(CORE_ERRORS);

        public final List<HeaderType> headerTypes = new ArrayList<>();
        public final List<Header> headers = new ArrayList<>();
        public final List<Variable> variables = new ArrayList<>();
        public final List<Resource> resources = new ArrayList<>();
        public final List<Digest> digests = new ArrayList<>();
        public final List<ValueSet> valueSets = new ArrayList<>();
        public final List<ActionProfile> profiles = new ArrayList<>();
        public final List<Action> actions = new ArrayList<>();
        public final List<Table> tables = new ArrayList<>();
        public final List<State> states = new ArrayList<>();
        public final List<Instruction> control = new ArrayList<>();
        public final List<Instruction> deparser = new ArrayList<>();

        public Pipeline build(String name) {
            return new Pipeline(
                    name,
                    errors,
                    headerTypes,
                    headers,
                    variables,
                    resources,
                    digests,
                    valueSets,
                    profiles,
                    actions,
                    tables,
                    states,
                    control,
                    deparser);
        }
    }

    /** All places, in the order of their declarations: variables, headers, tables. */
    public List<Value.Place> places() {
        List<Value.Place> places = new ArrayList<>();
        for (Variable variable : variables) places.add(variable.place());
        for (Header header : headers) {
            places.add(header.valid());
            for (HeaderType.Field field : header.type().fields()) {
                places.add(header.field(field));
                if (field.varbit()) places.add(header.length(field));
            }
        }
        for (Table table : tables) {
            places.add(table.hit());
            places.add(table.ran());
        }
        return places;
    }

    /**
     * What a packet brings, and where the program's outputs other than forwarding are read.
     */
    public enum Role {
        /** Where the packet came in. */
        PORT,
        /** When it came in, nanoseconds since 1970. */
        TIME,
        /** How long it was on the wire, in bytes. */
        LENGTH,
        /** Whether it comes from {@link Instruction.Recirculate}. */
        RECIRCULATED,
        /** The number of the parser's error. */
        PARSER_ERROR,
        /** The class of service; the program may change it. */
        CLASS_OF_SERVICE,
        /** What the kernel's packet buffer would have as its protocol, 16 bits: {@link dev.weir.p4.run.BufferProtocol} says how it is found. */
        PROTOCOL
    }

    /** @param role what it holds when a packet begins, at most 64 bits then; {@code null} for one that is only the program's */
    public record Variable(String name, int width, @Nullable Role role) {
        public Value.Place place() {
            return new Value.Place(name, width);
        }
    }

    /** @param name with dots and indices as in P4: {@code hdr.mpls[2]} */
    public record Header(String name, HeaderType type) {
        public Value.Place valid() {
            return new Value.Place(name + ".$valid", 1);
        }

        public Value.Place field(HeaderType.Field field) {
            return new Value.Place(name + "." + field.name(), field.width());
        }

        /** Of a varbit field. */
        public Value.Place length(HeaderType.Field field) {
            return new Value.Place(name + "." + field.name() + ".$length", HeaderType.LENGTH_BITS);
        }
    }

    /** @param parameters given by the entry, or by the table for its default action; there is no way to assign them */
    public record Action(String name, List<Parameter> parameters, List<Instruction> body) {
        public Action {
            parameters = List.copyOf(parameters);
            body = List.copyOf(body);
        }
    }

    public record Parameter(String name, int width) {}

    /** What {@link Instruction.Notify} sends to whoever listens. */
    public record Digest(String name, List<Parameter> fields) {
        public Digest {
            fields = List.copyOf(fields);
        }
    }

    /** A state of the parser. */
    public record State(String name, List<Instruction> body, Transition transition) {
        public State {
            body = List.copyOf(body);
        }
    }
}
