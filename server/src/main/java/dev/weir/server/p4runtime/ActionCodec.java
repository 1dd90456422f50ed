package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.Action.Param;
import dev.weir.api.p4.config.v1.ActionRef;
import dev.weir.api.p4.v1.Action;
import dev.weir.api.p4.v1.ActionProfileAction;
import dev.weir.api.p4.v1.ActionProfileActionSet;
import dev.weir.api.p4.v1.TableAction;
import dev.weir.p4.ir.Table.Call;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.server.p4runtime.ProgramInfo.ActionLink;
import dev.weir.server.p4runtime.ProgramInfo.ProfileLink;
import dev.weir.server.p4runtime.ProgramInfo.TableLink;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What entries and members do, as P4Runtime has it (sections 9.1.2 and 9.2) and as the control plane here has it. Stateless; any thread. */
final class ActionCodec {
    private ActionCodec() {}

    /** What an entry is to do. */
    sealed interface Doing {
        /** @param call null for what it does */
        record One(@Nullable Call call) implements Doing {}

        /** A packet gets one of these. */
        record OneOf(List<WeightedCall> set) implements Doing {}
    }

    /** @param profile of the table; null where entries have actions */
    static Doing doing(TableAction action, TableLink table, @Nullable ProfileLink profile) throws EntityFault {
        if (profile == null) return new Doing.One(call(action, table, false));
        return switch (action.getTypeCase()) {
            case ACTION_PROFILE_MEMBER_ID ->
                new Doing.One(Call.member(number(action.getActionProfileMemberId(), "action_profile_member_id")));
            case ACTION_PROFILE_GROUP_ID -> {
                if (!profile.info().getWithSelector()) {
                    throw EntityFault.invalid(profile.name() + ": has no groups; give action_profile_member_id");
                }
                yield new Doing.One(Call.group(number(action.getActionProfileGroupId(), "action_profile_group_id")));
            }
            case ACTION_PROFILE_ACTION_SET -> new Doing.OneOf(set(action.getActionProfileActionSet(), profile));
            case ACTION, TYPE_NOT_SET ->
                throw EntityFault.invalid(table.name() + ": its entries refer to " + profile.name()
                        + "; give action_profile_member_id, action_profile_group_id or action_profile_action_set");
        };
    }

    /** A number that a controller gave a member or a group. */
    static long number(int id, String what) throws EntityFault {
        if (id == 0) throw EntityFault.invalid(what + ": is 0, which stands for all; give another");
        return Integer.toUnsignedLong(id);
    }

    private static List<WeightedCall> set(ActionProfileActionSet given, ProfileLink profile) throws EntityFault {
        if (!profile.info().getWithSelector()) {
            throw EntityFault.invalid(profile.name() + ": has no groups; give action_profile_member_id");
        }
        if (given.hasGroupAction() || given.getActionSelectionModeValue() != 0 || given.getSizeSemanticsValue() != 0) {
            throw new EntityFault(
                    Code.UNIMPLEMENTED,
                    "action_profile_action_set: is chosen from as the program's selector says; leave group_action,"
                            + " action_selection_mode and size_semantics out");
        }
        List<WeightedCall> set = new ArrayList<>();
        for (ActionProfileAction each : given.getActionProfileActionsList()) {
            set.add(new WeightedCall(
                    call(each.getAction(), profile.actions(), profile.name(), ActionRef.Scope.DEFAULT_ONLY),
                    profile.weight(each.getWeight()),
                    watch(each)));
        }
        int size = profile.size(set.stream().map(WeightedCall::weight).toList());
        int most = profile.info().getMaxGroupSize();
        if (most > 0 && size > most) {
            throw EntityFault.invalid(profile.name() + ": the set's size is " + size + ", and max_group_size is " + most
                    + "; give fewer");
        }
        return set;
    }

    @SuppressWarnings("deprecation") // controllers of before 1.4 have nothing else
    private static int watch(ActionProfileAction action) throws EntityFault {
        return switch (action.getWatchKindCase()) {
            case WATCH_PORT -> watch(action.getWatchPort());
            case WATCH -> watch(action.getWatch());
            case WATCHKIND_NOT_SET -> ProfileRun.UNWATCHED;
        };
    }

    /** The port that a member watches. */
    static int watch(ByteString port) throws EntityFault {
        return watch(Octets.number(port, Integer.SIZE, "watch_port").intValue());
    }

    /** Of a field without a way to say that there is none but its absence. */
    static int watch(int port) throws EntityFault {
        if (port < 0) {
            throw EntityFault.invalid("watch_port: there is no port " + Integer.toUnsignedString(port)
                    + "; give one of the device, or leave it out");
        }
        return port;
    }

    /** @param forDefault whether it is what the table does on a miss */
    static Call call(TableAction action, TableLink table, boolean forDefault) throws EntityFault {
        if (!action.hasAction()) {
            throw EntityFault.invalid(table.name() + ": its entries have an action of their own; give 'action'");
        }
        ActionRef.Scope forbidden = forDefault ? ActionRef.Scope.TABLE_ONLY : ActionRef.Scope.DEFAULT_ONLY;
        return call(action.getAction(), table.actions(), table.name(), forbidden);
    }

    static Call call(Action given, Map<Integer, ActionLink> actions, String where, ActionRef.Scope forbidden)
            throws EntityFault {
        ActionLink link = actions.get(given.getActionId());
        if (link == null) {
            throw EntityFault.invalid(where + ": has no action 0x"
                    + HexFormat.of().toHexDigits(given.getActionId()) + "; take one of its P4Info");
        }
        if (link.scope() == forbidden) {
            throw new EntityFault(
                    Code.PERMISSION_DENIED,
                    where + ": " + link.schema().name() + " is " + link.scope() + "; take another action");
        }
        return new Call(link.schema().name(), arguments(given, link));
    }

    private static List<BigInteger> arguments(Action given, ActionLink link) throws EntityFault {
        BigInteger[] arguments = new BigInteger[link.params().size()];
        for (Action.Param param : given.getParamsList()) {
            int at = indexOf(param.getParamId(), link.params());
            if (at < 0 || arguments[at] != null) {
                throw EntityFault.invalid(link.schema().name() + ": param " + param.getParamId()
                        + (at < 0 ? " is none of its P4Info; leave it out" : " is there twice; give it once"));
            }
            String name =
                    link.schema().name() + ": param " + link.params().get(at).getName();
            int bits = link.schema().parameters().get(at).bits();
            arguments[at] = link.values().get(at).number(param.getValue(), bits, name);
        }
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == null) {
                throw EntityFault.invalid(
                        link.schema().name() + ": param " + link.params().get(i).getName() + " is missing; give it");
            }
        }
        return List.of(arguments);
    }

    private static int indexOf(int id, List<Param> params) {
        for (int i = 0; i < params.size(); i++) {
            if (params.get(i).getId() == id) return i;
        }
        return -1;
    }

    /** @param set of the group that is the entry's own; null for others */
    static TableAction action(Call call, @Nullable List<WeightedCall> set, TableLink table) {
        if (set != null) {
            ActionProfileActionSet.Builder actions = ActionProfileActionSet.newBuilder();
            for (WeightedCall each : set) {
                ActionProfileAction.Builder one = actions.addActionProfileActionsBuilder()
                        .setAction(action(each.call(), table.actions()))
                        .setWeight(each.weight());
                if (each.watch() != ProfileRun.UNWATCHED) {
                    one.setWatchPort(Octets.of(BigInteger.valueOf(each.watch())));
                }
            }
            return TableAction.newBuilder().setActionProfileActionSet(actions).build();
        }
        if (call.refers()) return reference(call);
        return table.action(call.action()) == null
                ? TableAction.getDefaultInstance()
                : TableAction.newBuilder()
                        .setAction(action(call, table.actions()))
                        .build();
    }

    /** Nothing of a set that is not told. */
    private static TableAction reference(Call call) {
        long number = call.arguments().getFirst().longValue();
        if (number < 0) return TableAction.getDefaultInstance();
        return call.action().equals(Call.MEMBER)
                ? TableAction.newBuilder()
                        .setActionProfileMemberId((int) number)
                        .build()
                : TableAction.newBuilder().setActionProfileGroupId((int) number).build();
    }

    static Action action(Call call, Map<Integer, ActionLink> actions) {
        ActionLink link = ProgramInfo.action(call.action(), actions);
        if (link == null) return Action.getDefaultInstance();
        Action.Builder action = Action.newBuilder().setActionId(link.id());
        for (int i = 0; i < link.params().size(); i++) {
            action.addParams(Action.Param.newBuilder()
                    .setParamId(link.params().get(i).getId())
                    .setValue(link.values().get(i).octets(call.arguments().get(i))));
        }
        return action.build();
    }
}
