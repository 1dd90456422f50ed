package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is done, one thing after the other. {@link Extract}, {@link Advance}, {@link Lookahead} and {@link Fail} are for the parser,
 * {@link Emit} for the deparser, {@link AddEntry} and {@link RestartTimer} for actions, those with a verdict for control and its actions; the others
 * are for all of them.
 */
public sealed interface Instruction {
    record Assign(Value.Place to, Value value) implements Instruction {}

    record If(Value condition, List<Instruction> then, List<Instruction> otherwise) implements Instruction {
        public If {
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }
    }

    /** Runs the body of the case that has the number, else {@code otherwise}. No number is in two cases. */
    record Switch(Value on, List<Case> cases, List<Instruction> otherwise) implements Instruction {
        public Switch {
            cases = List.copyOf(cases);
            otherwise = List.copyOf(otherwise);
        }
    }

    record Case(List<BigInteger> numbers, List<Instruction> body) {
        public Case {
            numbers = List.copyOf(numbers);
            body = List.copyOf(body);
        }
    }

    /** A body that {@link Leave} can leave; so is a {@code return}, a {@code break}, a {@code continue} lowered. */
    record Block(String label, List<Instruction> body) implements Instruction {
        public Block {
            body = List.copyOf(body);
        }
    }

    /** Goes on behind the block of that label, which is one around; or ends all with {@link Pipeline#EXIT}. */
    record Leave(String label) implements Instruction {}

    /** Runs the body {@code times} times, but for what leaves a block around it. */
    record Loop(int times, List<Instruction> body) implements Instruction {
        public Loop {
            body = List.copyOf(body);
        }
    }

    /** Looks up a table with its keys, says in its places what was found, and runs the action of the entry or the default action. */
    record Apply(String table) implements Instruction {}

    /**
     * Takes the header off the front of what is left of the packet and makes it valid. Fails, having changed nothing, with
     * {@link Pipeline#TOO_SHORT} when less is left; with {@link Pipeline#HEADER_TOO_SHORT} when {@code varbitBits} is more than the varbit field's
     * width, and with {@link Pipeline#INVALID_ARGUMENT} when it is no multiple of 8.
     *
     * @param varbitBits the length of the one varbit field; {@code null} without such a field
     */
    record Extract(String header, @Nullable Value varbitBits) implements Instruction {}

    /** Skips bits, whole bytes: {@link Pipeline#INVALID_ARGUMENT} otherwise, {@link Pipeline#TOO_SHORT} when less is left. */
    record Advance(Value bits) implements Instruction {}

    /** Reads the first bits of what is left, and takes nothing off; {@link Pipeline#TOO_SHORT} when less is left. */
    record Lookahead(Value.Place to) implements Instruction {}

    /** Ends the parser with an error; with {@code NoError} it rejects. */
    record Fail(String error) implements Instruction {}

    /** Appends the header to the packet that is sent, if it is valid. */
    record Emit(String header) implements Instruction {}

    /** @param index {@code null} for a direct counter */
    record Count(String counter, @Nullable Value index) implements Instruction {}

    /**
     * @param to gets the colour, 2 bits
     * @param index {@code null} for a direct meter
     * @param color what the packet was given before; {@code null} for a colour-blind meter
     */
    record ExecuteMeter(
            Value.Place to,
            String meter,
            @Nullable Value index,
            @Nullable Value color) implements Instruction {}

    /** @param index {@code null} for a direct register */
    record ReadRegister(
            Value.Place to, String register, @Nullable Value index) implements Instruction {}

    /** @param index {@code null} for a direct register */
    record WriteRegister(String register, @Nullable Value index, Value value) implements Instruction {}

    /**
     * Whether values are in a set.
     *
     * @param to 1 bit: gets 1 when one of the set's members matches all of them
     * @param values one a field of the set
     */
    record Contains(Value.Place to, String set, List<Value> values) implements Instruction {
        public Contains {
            values = List.copyOf(values);
        }
    }

    /** A number from low to high, both included and as wide as the place, at most 64 bits; low when {@code low >= high}. */
    record Random(Value.Place to, Value low, Value high) implements Instruction {}

    /** Sends a digest. */
    record Notify(String digest, List<Value> values) implements Instruction {
        public Notify {
            values = List.copyOf(values);
        }
    }

    /**
     * In the default action of a table with add-on-miss: adds an entry with the key that was missed.
     *
     * @param status 1 bit: gets 0 when the entry was added, 1 when not
     * @param arguments one a parameter of the action
     * @param profile which lifetime, 8 bits
     */
    record AddEntry(Value.Place status, String action, List<Value> arguments, Value profile) implements Instruction {
        public AddEntry {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * In an action: has the lifetime of the entry that was hit begin anew; after a miss it does nothing.
     *
     * @param profile the lifetime from now on, 8 bits; {@code null} for the one that it has
     */
    record RestartTimer(@Nullable Value profile) implements Instruction {}

    /** @param port 32 bits */
    record Forward(Value port) implements Instruction {}

    record Drop() implements Instruction {}

    /** @param slot 8 bits; of one slot the last counts */
    record Mirror(Value slot, Value session) implements Instruction {}

    /**
     * Marks the packet's flow in the flow table that is around the program, or takes its mark off; the last one counts.
     *
     * @param offloaded 1 bit
     */
    record MarkFlow(Value offloaded) implements Instruction {}

    /** Has flows come back that are carried below because of entries which this packet has hit; see {@code recall_flows}. */
    record RecallFlows() implements Instruction {}

    /** Has the packet as the deparser makes it come again from the parser's begin, instead of what else was decided. */
    record Recirculate() implements Instruction {}
}
