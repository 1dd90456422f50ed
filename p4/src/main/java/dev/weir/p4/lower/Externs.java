package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes what extern functions and methods do, but for packets: those are in {@link Packets}. */
final class Externs {
    /** Ports beyond are none of the host's. */
    private static final int MOST_PORTS = 4096;

    private static final Data NOTHING = Data.parts(List.of());

    private final Code code;
    private final Expressions expressions;
    private final Packets packets;

    Externs(Code code, Expressions expressions, Places places) {
        this.code = code;
        this.expressions = expressions;
        this.packets = new Packets(code, expressions, places);
    }

    /** The arguments of a call by the names of parameters. */
    private record Given(Expr.Call call, Signature signature, Frame frame, Expressions expressions) {
        @Nullable
        Expr expr(String name) {
            List<Param> params = signature.parameters();
            for (int i = 0; i < params.size(); i++) {
                if (params.get(i).name().equals(name)) return call.arguments().get(i);
            }
            return null;
        }

        /** By its place, as methods of other generations have other names for the same. */
        Expr at(int place) {
            Expr e = place < call.arguments().size() ? call.arguments().get(place) : null;
            return e == null
                    ? new Expr.Default(
                            call.span(), signature.parameters().get(place).type())
                    : e;
        }

        Value value(int place) {
            return expressions.value(at(place), frame);
        }

        boolean has(int place) {
            return place < call.arguments().size() && call.arguments().get(place) != null;
        }
    }

    Data function(Expr.Call call, Callee.OfExternFunction callee, Frame frame) {
        Given given = new Given(call, callee.signature(), frame, expressions);
        return switch (callee.function().name()) {
            case "verify" -> verify(given);
            case "static_assert" -> new Data.Scalar(Values.TRUE);
            case "send_to_port" -> done(new Instruction.Forward(given.value(0)));
            case "drop_packet" -> done(new Instruction.Drop());
            case "mirror_packet" -> done(new Instruction.Mirror(given.value(0), given.value(1)));
            case "set_flow_offloaded" -> done(new Instruction.MarkFlow(given.value(0)));
            case "recall_flows" -> done(new Instruction.RecallFlows());
            case "recirculate" -> done(new Instruction.Recirculate());
            case "add_entry", "add_entry_if" -> addEntry(given);
            case "set_entry_expire_time" -> done(new Instruction.RestartTimer(given.value(0)));
            case "restart_expire_timer" -> done(new Instruction.RestartTimer(null));
            case "set_entry_expire_time_if" -> {
                Value profile = given.value(1);
                code.when(given.value(0), () -> code.add(new Instruction.RestartTimer(profile)));
                yield NOTHING;
            }
            case "update_expire_info" -> updateExpireInfo(given);
            case "SelectByDirection" -> select(given);
            case "is_net_port" -> new Data.Scalar(Values.not(isHostPort(given.value(0))));
            case "is_host_port" -> new Data.Scalar(isHostPort(given.value(0)));
            case "allocate_flow_id" -> new Data.Scalar(allocate());
            default -> callee.function().name().startsWith("skb_") ? skb(given) : unknown(call, frame);
        };
    }

    private Data done(Instruction instruction) {
        code.add(instruction);
        return NOTHING;
    }

    private Data unknown(Expr.Call call, Frame frame) {
        String name = call.callee().signature().name();
        code.output().unsupported(call.span(), "'" + name + "' does nothing here", null);
        return call.type() == Type.Basic.VOID ? NOTHING : code.layout().zero(frame.type(call.type()));
    }

    private Data verify(Given given) {
        Value holds = given.value(0);
        if (given.at(1) instanceof Expr.Member error) {
            code.when(Values.not(holds), () -> code.fail(error.name()));
            return NOTHING;
        }
        Value error = given.value(1);
        code.when(Values.not(holds), () -> {
            for (String name : code.output().parts.errors) {
                Value number = Value.constant(code.output().errorNumber(name), Layout.ERROR_BITS);
                code.when(Values.equal(error, number), () -> code.fail(name));
            }
        });
        return NOTHING;
    }

    private Data updateExpireInfo(Given given) {
        Value whether = given.value(0);
        Value changes = given.value(1);
        Value profile = given.value(2);
        code.when(whether, () -> {
            code.when(changes, () -> code.add(new Instruction.RestartTimer(profile)));
            code.when(Values.not(changes), () -> code.add(new Instruction.RestartTimer(null)));
        });
        return NOTHING;
    }

    /** Every port is one of the network's, as is every packet. */
    private Data select(Given given) {
        List<Data> both = expressions.all(List.of(given.at(1), given.at(2)), given.frame);
        Value direction = given.value(0);
        Value ofNet = direction.width() == 1 && given.at(0).type() == Type.Basic.BOOL
                ? direction
                : Values.equal(direction, Values.zero(direction.width()));
        return Expressions.choose(ofNet, both.getFirst(), both.getLast());
    }

    private Data addEntry(Given given) {
        Expr name = given.expr("action_name");
        Expr values = given.expr("action_params");
        Expr profile = given.expr("expire_time_profile_id");
        Expr condition = given.expr("do_add_entry");
        Value.Place status = code.output().variable("add_status", 1);
        Tables tables = expressions.calls().tables();
        String action = name instanceof Expr.Text t ? tables.added(t.value(), given.frame) : null;
        if (action == null || values == null || profile == null || code.piece() != Code.Piece.ACTION) {
            code.output().unsupported(given.call.span(), "entries are added in actions of tables", null);
            return new Data.Scalar(Values.TRUE);
        }
        List<Data> both = expressions.all(List.of(values, profile), given.frame);
        Value chosen = ((Data.Scalar) both.getLast()).value();
        Pipeline.Action added = code.output().parts.actions.stream()
                .filter(a -> a.name().equals(action))
                .findFirst()
                .orElseThrow();
        List<Value> arguments = sized(both.getFirst().values(), added);
        Instruction adding = new Instruction.AddEntry(status, action, arguments, chosen);
        if (condition == null) {
            code.add(adding);
        } else {
            Value holds = expressions.value(condition, given.frame);
            code.assign(status, Values.TRUE);
            code.when(holds, () -> code.add(adding));
        }
        return new Data.Scalar(given.call.type() == Type.Basic.BOOL ? Values.not(status) : status);
    }

    /** Numbers without a width take that of the parameters. */
    private static List<Value> sized(List<Value> values, Pipeline.Action action) {
        if (values.size() != action.parameters().size()) return values;
        List<Value> sized = new java.util.ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            sized.add(Values.resize(values.get(i), action.parameters().get(i).width(), false));
        }
        return sized;
    }

    /** Flow ids are counted from 0. */
    private Value allocate() {
        declare("flow_ids", 1, 32);
        Value.Place id = code.output().variable("flow_id", 32);
        code.add(new Instruction.ReadRegister(id, "flow_ids", Values.zero(8)));
        code.add(new Instruction.WriteRegister("flow_ids", Values.zero(8), Values.plus(id, Value.constant(1, 32))));
        return id;
    }

    /** Who faces the host is what a register says, a bit a port, that the control plane sets. */
    private Value isHostPort(Value port) {
        declare(Resource.HOST_PORTS, MOST_PORTS, 1);
        Value.Place host = code.output().variable("is_host_port", 1);
        code.add(new Instruction.ReadRegister(host, Resource.HOST_PORTS, port));
        return host;
    }

    /** Makes a register that no declaration has, if it is not there yet. */
    private void declare(String name, int cells, int width) {
        if (code.output().parts.resources.stream().noneMatch(r -> r.name().equals(name))) {
            String unique = code.output().unique(name);
            code.output().parts.resources.add(new Resource.Register(unique, cells, width, BigInteger.ZERO));
        }
    }

    /**
     * The kernel's packet buffer has no kernel here: its fields are variables of the packet. Time stamp and protocol begin as those of the packet. It was met on its way in, and nobody
     * has redirected it from another interface before.
     */
    private Data skb(Given given) {
        String name = given.signature.name();
        if (name.endsWith("_meta")) return NOTHING;
        String field = name.substring("skb_get_".length());
        if (name.startsWith("skb_set_")) {
            Value value = given.value(0);
            code.assign(skbField(field, value.width()), value);
            return NOTHING;
        }
        int width = Layout.width(given.signature.result());
        if (field.equals("tc_at_ingress")) return new Data.Scalar(Values.TRUE);
        if (field.equals("from_ingress")) return new Data.Scalar(Values.FALSE);
        return new Data.Scalar(skbField(field, width));
    }

    private Value.Place skbField(String field, int width) {
        if (field.equals("tstamp") && width == 64) return code.output().role(Pipeline.Role.TIME, "skb.tstamp", 64);
        if (field.equals("protocol") && width == 16) {
            return code.output().role(Pipeline.Role.PROTOCOL, "skb.protocol", 16);
        }
        return code.output().shared("skb." + field, width);
    }

    Data method(Expr.Call call, Callee.Method method, Thing thing, Frame frame) {
        Given given = new Given(call, method.signature(), frame, expressions);
        return switch (thing) {
            case Thing.Packet _ -> packets.method(call, method, frame);
            case Thing.Sum s -> sum(given, s);
            case Thing.Extern o -> object(given, o, frame);
            case Thing.Block _ -> unknown(call, frame);
        };
    }

    private Data object(Given given, Thing.Extern object, Frame frame) {
        String method = given.signature.name();
        return switch (object.type().shape().name() + "." + method) {
            case "Counter.count" -> done(new Instruction.Count(object.name(), given.value(0)));
            case "DirectCounter.count" -> done(new Instruction.Count(object.name(), null));
            case "Meter.execute", "Meter.dpdk_execute" -> execute(given, object, 1);
            case "DirectMeter.execute", "DirectMeter.dpdk_execute" -> execute(given, object, 0);
            case "Register.read" -> register(object, given.value(0));
            case "Register.write" -> write(object, given.value(0), expressions.data(given.at(1), frame));
            case "DirectRegister.read" -> register(object, null);
            case "DirectRegister.write" -> write(object, null, expressions.data(given.at(0), frame));
            case "Hash.get_hash" -> new Data.Scalar(hash(given, object));
            case "Random.read" -> random(object);
            case "Digest.pack" ->
                done(new Instruction.Notify(
                        object.name(), expressions.data(given.at(0), frame).values()));
            default -> unknown(given.call, frame);
        };
    }

    private Data execute(Given given, Thing.Extern object, int at) {
        Value.Place color = code.output().variable("color", 2);
        Value index = at == 0 ? null : given.value(0);
        boolean colored =
                given.has(at) && given.signature.parameters().get(at).name().equals("color");
        Value before = colored ? given.value(at) : null;
        code.add(new Instruction.ExecuteMeter(color, object.name(), index, before));
        return new Data.Scalar(color);
    }

    private Data register(Thing.Extern object, @Nullable Value index) {
        Type type = object.type().arguments().getFirst();
        Value.Place to = code.output().variable("read", Instances.bits(type));
        code.add(new Instruction.ReadRegister(to, object.name(), index));
        return packets.split(type, to);
    }

    private Data write(Thing.Extern object, @Nullable Value index, Data data) {
        return done(new Instruction.WriteRegister(object.name(), index, Values.join(data.values(), 1)));
    }

    private Data random(Thing.Extern object) {
        Value low = expressions.value(argument(object, 0), object.frame());
        Value high = expressions.value(argument(object, 1), object.frame());
        Value.Place to = code.output().variable("random", low.width());
        code.add(new Instruction.Random(to, low, high));
        return new Data.Scalar(to);
    }

    private static Expr argument(Thing.Extern object, int at) {
        Expr e = object.made().arguments().get(at);
        return e == null ? new Expr.Default(object.made().span(), new Type.Bits(1, false)) : e;
    }

    /** A hash in the width that is asked for; with a base and a most, {@code base + hash % most}. */
    private Value hash(Given given, Thing.Extern object) {
        int width = Layout.width(object.type().arguments().getFirst());
        boolean ranged = given.signature.parameters().size() == 3;
        Data data = expressions.data(given.at(ranged ? 1 : 0), given.frame);
        Value hash = Values.resize(hash(argument(object, 0), data), width, false);
        if (!ranged) return hash;
        Value base = Values.resize(given.value(0), width, false);
        Value most = Values.resize(given.value(2), width, false);
        return Values.plus(base, new Value.Binary(BinaryOperator.REMAINDER, hash, most));
    }

    static Value hash(@Nullable Expr kind, Data data) {
        String name = kind instanceof Expr.Member m ? m.name() : "";
        if (name.equals("IDENTITY")) return Values.join(data.values(), 1);
        Value.HashAlgorithm algorithm = Instances.algorithm(kind);
        int unit = algorithm == Value.HashAlgorithm.SUM16 ? 16 : 8;
        Value hash = new Value.Hash(algorithm, Values.zero(algorithm.width), Values.join(data.values(), unit));
        return algorithm == Value.HashAlgorithm.SUM16 ? Values.not(hash) : hash;
    }

    private Data sum(Given given, Thing.Sum sum) {
        switch (given.signature.name()) {
            case "clear" -> code.assign(sum.state(), Values.zero(sum.state().width()));
            case "add", "update" -> add(given, sum, false);
            case "subtract" -> add(given, sum, true);
            case "set_state" -> code.assign(sum.state(), given.value(0));
            case "get_state" -> {
                return new Data.Scalar(code.save(sum.state()));
            }
            default -> {
                boolean ones = sum.algorithm() == Value.HashAlgorithm.SUM16;
                Value value = ones ? Values.not(sum.state()) : sum.state();
                int width = Layout.width(given.signature.result());
                return new Data.Scalar(code.save(Values.resize(value, width, false)));
            }
        }
        return NOTHING;
    }

    /** To take data off a sum in ones' complement is to add their complement. */
    private void add(Given given, Thing.Sum sum, boolean off) {
        Data data = expressions.data(given.at(0), given.frame);
        if (data.values().isEmpty()) return;
        Value joined = Values.join(data.values(), sum.algorithm() == Value.HashAlgorithm.SUM16 ? 16 : 8);
        code.assign(sum.state(), new Value.Hash(sum.algorithm(), sum.state(), off ? Values.not(joined) : joined));
    }
}
