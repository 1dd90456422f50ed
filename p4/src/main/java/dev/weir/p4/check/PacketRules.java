package dev.weir.p4.check;

import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;

/** What packets give and take: headers, with a varbit only where its size is said (specification, sections 13.8 and 16). */
final class PacketRules {
    private final Context context;

    PacketRules(Context context) {
        this.context = context;
    }

    /** Checks a call of a method of {@code packet_in} or {@code packet_out}. */
    void check(Expr.Call call, Callee.Method method, Type.Extern receiver) {
        if (receiver.shape().name().equals("packet_in")) {
            switch (method.signature().name()) {
                case "extract" -> extract(call);
                case "lookahead" -> lookahead(call);
                default -> {}
            }
        } else if (receiver.shape().name().equals("packet_out")
                && method.signature().name().equals("emit")) {
            Expr value = call.arguments().getFirst();
            if (value != null && !isEmitted(value.type())) {
                context.error(
                        value.span(), "bad-type", "what is emitted is made of headers, this is " + value.type(), null);
            }
        }
    }

    private void extract(Expr.Call call) {
        Expr header = call.arguments().getFirst();
        if (header == null || header.type() == Type.Basic.UNKNOWN || header.type() instanceof Type.Parameter) return;
        if (!(header.type() instanceof Type.Struct s) || !s.isHeader()) {
            String help = "read a number with lookahead and advance";
            context.error(header.span(), "bad-type", "what is extracted is a header, this is " + header.type(), help);
            return;
        }
        long varbits =
                s.fields().stream().filter(f -> f.type() instanceof Type.Varbit).count();
        boolean sized = call.arguments().size() == 2;
        if (sized && varbits != 1) {
            String message =
                    s + " has " + (varbits == 0 ? "no varbit that has" : "several varbits that have") + " a size";
            context.error(header.span(), "bad-type", message, null);
        } else if (!sized && varbits > 0) {
            String help = "say how many bits it has: extract(header, bits)";
            context.error(header.span(), "bad-type", s + " has a varbit", help);
        }
    }

    private void lookahead(Expr.Call call) {
        boolean fixed = call.type() == Type.Basic.UNKNOWN
                || call.type() instanceof Type.Parameter
                || (Members.size(call.type(), true) >= 0
                        && Members.size(call.type(), true) == Members.size(call.type(), false));
        if (!fixed) {
            context.error(call.span(), "bad-type", "lookahead gives what has a fixed size, not " + call.type(), null);
        }
    }

    private static boolean isEmitted(Type type) {
        return switch (type) {
            case Type.Basic b -> b == Type.Basic.UNKNOWN;
            case Type.Parameter _ -> true;
            case Type.Stack s -> isEmitted(s.element());
            case Type.Tuple t -> t.elements().stream().allMatch(PacketRules::isEmitted);
            case Type.Struct s ->
                s.kind() != Shape.Kind.STRUCT || s.fields().stream().allMatch(f -> isEmitted(f.type()));
            default -> false;
        };
    }
}
