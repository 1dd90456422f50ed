package dev.weir.offload.grammar;

import dev.weir.offload.grammar.Attribute.Element;
import dev.weir.offload.grammar.Attribute.Many;
import dev.weir.offload.grammar.Attribute.Nest;
import dev.weir.offload.grammar.Attribute.Numeric;
import dev.weir.offload.grammar.Attribute.Octets;
import dev.weir.offload.grammar.Attribute.Plain;
import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.grammar.Attribute.Text;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The structures of models. Numbers are those of family {@code net_flow_nl}, if_flow.h of January 2015. */
final class Shapes {
    private static final Shape<Field> FIELD = new Shape<>(
            List.of(name(1, Field::name), u32(2, "uid", Field::uid), u32(3, "bitwidth", Field::bitWidth)),
            slots -> new Field(slots.requiredText(0), slots.number(1), slots.number(2)));

    static final Shape<Header> HEADER = new Shape<>(
            List.of(
                    name(1, Header::name),
                    u32(2, "uid", Header::uid),
                    structures(3, "fields", 1, "field", FIELD, Header::fields)),
            slots -> new Header(slots.requiredText(0), slots.number(1), slots.list(2)));

    /** A field reference without the node that jumps lead to. */
    static final Shape<FieldRef> FIELD_REF =
            new Shape<>(reference(ref -> ref), slots -> reference(slots, 0)).repeating();

    private static final Shape<Jump> JUMP = new Shape<>(
            prepended(u32(1, "next_node", Jump::next), reference(Jump::on)),
            slots -> new Jump(slots.number(0), reference(slots, 1)));

    private static final Shape<ActionArg> ARGUMENT = new Shape<>(
            List.of(
                    optionalName(1, ActionArg::name),
                    u32(2, "type", argument -> argument.type().number()),
                    new Octets<>(3, "value", ActionArg::value)),
            slots -> new ActionArg(slots.text(0), ValueType.ofNumber(slots.number(1)), slots.value(2)));

    /** An action of the catalogue: its name first. */
    static final Shape<Action> ACTION = new Shape<>(
            List.of(optionalName(1, Action::name), u32(2, "uid", Action::uid), signature()),
            slots -> new Action(slots.text(0), slots.number(1), slots.optionalList(2)));

    /** An action of a flow: its uid first. */
    static final Shape<Action> FLOW_ACTION = new Shape<>(
                    List.of(u32(2, "uid", Action::uid), optionalName(1, Action::name), signature()),
                    slots -> new Action(slots.text(1), slots.number(0), slots.optionalList(2)))
            .repeating();

    static final Shape<Table> TABLE = new Shape<>(
            List.of(
                    name(1, Table::name),
                    u32(2, "uid", Table::uid),
                    u32(3, "source", Table::source),
                    u32(4, "apply", Table::apply),
                    u32(5, "size", Table::size),
                    structures(6, "matches", 1, "field_ref", FIELD_REF, Table::matches),
                    new Many<>(7, "actions", true, new Plain(2, "uid"), Table::actions)),
            slots -> new Table(
                    slots.requiredText(0),
                    slots.number(1),
                    slots.number(2),
                    slots.number(3),
                    slots.number(4),
                    slots.list(5),
                    slots.list(6)));

    static final Shape<HeaderNode> HEADER_NODE = new Shape<>(
            List.of(
                    name(1, HeaderNode::name),
                    u32(2, "uid", HeaderNode::uid),
                    new Many<>(3, "hdrs", true, new Plain(1, "value"), HeaderNode::headers),
                    jumps(4, HeaderNode::jumps)),
            slots -> new HeaderNode(slots.requiredText(0), slots.number(1), slots.list(2), slots.list(3)));

    static final Shape<TableNode> TABLE_NODE = new Shape<>(
            List.of(u32(1, "uid", TableNode::uid), u32(2, "flags", TableNode::flags), jumps(3, TableNode::jumps)),
            slots -> new TableNode(slots.number(0), slots.number(1), slots.list(2)));

    private Shapes() {}

    static <T> Attribute<T> u32(int number, String key, ToLongFunction<T> of) {
        return new Numeric<>(number, key, 4, true, _ -> true, of);
    }

    static <T> Attribute<T> u64(int number, String key, ToLongFunction<T> of) {
        return new Numeric<>(number, key, 8, true, _ -> true, of);
    }

    static <T, E> Attribute<T> optionalStructures(
            int number, String key, int element, String elementKey, Shape<E> shape, Function<T, @Nullable List<E>> of) {
        return new Many<>(number, key, false, new Structure<>(element, elementKey, shape, false), of);
    }

    static <T, E> Attribute<T> nest(int number, String key, Shape<E> shape, Function<T, @Nullable E> of) {
        return new Nest<>(number, key, shape, of);
    }

    private static <T> Attribute<T> name(int number, Function<T, @Nullable String> of) {
        return new Text<>(number, "name", true, of);
    }

    private static <T> Attribute<T> optionalName(int number, Function<T, @Nullable String> of) {
        return new Text<>(number, "name", false, of);
    }

    private static <T, E> Attribute<T> structures(
            int number, String key, int element, String elementKey, Shape<E> shape, Function<T, @Nullable List<E>> of) {
        return new Many<>(number, key, true, new Structure<>(element, elementKey, shape, false), of);
    }

    private static <T> Attribute<T> jumps(int number, Function<T, @Nullable List<Jump>> of) {
        Element<Jump> entry = new Structure<>(1, "jump_entry", JUMP, true);
        return new Many<>(number, "jump", true, entry, of);
    }

    private static Attribute<Action> signature() {
        return optionalStructures(3, "signature", 1, "action_arg", ARGUMENT, Action::signature);
    }

    private static <T> List<Attribute<T>> reference(Function<T, FieldRef> of) {
        return List.of(
                u32(2, "instance", each -> of.apply(each).instance()),
                u32(3, "header", each -> of.apply(each).header()),
                u32(4, "field", each -> of.apply(each).field()),
                u32(5, "mask_type", each -> of.apply(each).maskType().number()),
                u32(6, "type", each -> of.apply(each).type().number()),
                new Octets<>(7, "value", each -> of.apply(each).value()),
                new Octets<>(8, "mask", each -> of.apply(each).mask()));
    }

    private static FieldRef reference(Slots slots, int first) {
        @Nullable Value value = slots.value(first + 5);
        @Nullable Value mask = slots.value(first + 6);
        return new FieldRef(
                slots.number(first),
                slots.number(first + 1),
                slots.number(first + 2),
                MaskType.ofNumber(slots.number(first + 3)),
                ValueType.ofNumber(slots.number(first + 4)),
                value,
                mask);
    }

    private static <T> List<Attribute<T>> prepended(Attribute<T> first, List<Attribute<T>> rest) {
        List<Attribute<T>> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }
}
