package dev.weir.p4.tc;

import com.google.gson.stream.JsonWriter;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Members, groups, value sets and mirror sessions for people, in the words by which they are made, a line each; and in JSON, an array in one line. Immutable; any thread.
 *
 * <pre>
 *  ActionSelector/Main.ways member 7 action Main/to param port veth1
 *  ActionSelector/Main.ways group 5 member 7 weight 3 watch veth1 member 8 weight 1
 *  value_set/P/tunnels entry type 0x6558
 *  mirror/1 port veth1 truncate 128 contents pre
 * </pre>
 */
public final class TcMembers {
    private final PortNames ports;
    private final TcValues values;

    public TcMembers(PortNames ports) {
        this.ports = ports;
        values = new TcValues(ports);
    }

    static String kind(ProfileSchema profile) {
        return profile.selects() ? "ActionSelector" : "ActionProfile";
    }

    public String text(ProfileState state) {
        StringBuilder out = new StringBuilder();
        String of = " " + kind(state.profile()) + "/" + state.profile().name();
        state.members()
                .forEach((number, call) -> out.append(of)
                        .append(" member ")
                        .append(number)
                        .append(action(state.profile().action(call.action()), call))
                        .append('\n'));
        state.groups().forEach((number, group) -> {
            out.append(of).append(" group ").append(number);
            if (group.maxSize() != 0) out.append(" max_size ").append(group.maxSize());
            for (Weighted each : group.members()) {
                out.append(" member ").append(each.member()).append(" weight ").append(each.weight());
                watch(each.watch(), out);
            }
            out.append('\n');
        });
        return out.toString();
    }

    private void watch(int port, StringBuilder out) {
        if (port != ProfileRun.UNWATCHED) out.append(" watch ").append(ports.text(port));
    }

    private void watch(int port, JsonWriter json) throws IOException {
        if (port != ProfileRun.UNWATCHED) json.name("watch").value(ports.text(port));
    }

    /** {@code action A param N V}. */
    private String action(TableSchema.@Nullable Action action, Table.Call call) {
        StringBuilder out = new StringBuilder(" action ").append(action == null ? call.action() : action.path());
        if (action == null) return out.toString();
        for (TableSchema.Parameter parameter : action.parameters()) {
            out.append(" param ").append(parameter.name()).append(' ');
            out.append(value(parameter, call));
        }
        return out.toString();
    }

    private String value(TableSchema.Parameter parameter, Table.Call call) {
        BigInteger value = call.arguments().get(parameter.number() - 1);
        return values.text(parameter.type(), parameter.bits(), value);
    }

    /** What a packet gets one of. */
    String set(TableSchema table, List<WeightedCall> set) {
        StringBuilder out = new StringBuilder("action_set");
        for (WeightedCall each : set) {
            out.append(action(table.action(each.call().action()), each.call()));
            out.append(" weight ").append(each.weight());
            watch(each.watch(), out);
        }
        return out.toString();
    }

    public String text(ValueSetSchema set, List<List<Match>> members) {
        StringBuilder out = new StringBuilder(" value_set/").append(set.path());
        for (List<Match> member : members) {
            out.append(" entry");
            for (int i = 0; i < member.size(); i++) {
                TableSchema.Key field = set.fields().get(i);
                out.append(' ').append(field.name()).append(' ').append(values.text(field, member.get(i)));
            }
        }
        return out.append('\n').toString();
    }

    public String text(Map<Integer, Session> sessions) {
        StringBuilder out = new StringBuilder();
        sessions.forEach((number, session) -> {
            out.append(" mirror/").append(number);
            for (Replica each : session.replicas()) out.append(" port ").append(port(each));
            if (session.copy().most() != 0)
                out.append(" truncate ").append(session.copy().most());
            if (session.copy().oneIn() != 1)
                out.append(" sample ").append(session.copy().oneIn());
            out.append(" contents ").append(contents(session)).append('\n');
        });
        return out.toString();
    }

    private static String contents(Session session) {
        return session.copy().contents() == Contents.PRE_MODIFY ? "pre" : "post";
    }

    private String port(Replica replica) {
        return ports.text(replica.port());
    }

    public String json(ProfileState state) {
        return TcJson.text(json -> {
            json.beginArray().beginObject().name("kind").value(kind(state.profile()));
            json.name("instance").value(state.profile().name());
            json.name("members").beginArray();
            for (Map.Entry<Long, Table.Call> each : state.members().entrySet()) {
                json.beginObject().name("member").value(each.getKey());
                action(json, state.profile().action(each.getValue().action()), each.getValue());
                json.endObject();
            }
            json.endArray().name("groups").beginArray();
            for (Map.Entry<Long, Group> each : state.groups().entrySet()) group(json, each.getKey(), each.getValue());
            json.endArray().endObject().endArray();
        });
    }

    private void group(JsonWriter json, long number, Group group) throws IOException {
        json.beginObject().name("group").value(number).name("max_size").value(group.maxSize());
        json.name("members").beginArray();
        for (Weighted each : group.members()) {
            json.beginObject().name("member").value(each.member());
            json.name("weight").value(each.weight());
            watch(each.watch(), json);
            json.endObject();
        }
        json.endArray().endObject();
    }

    private void action(JsonWriter json, TableSchema.@Nullable Action action, Table.Call call) throws IOException {
        json.name("action").value(action == null ? call.action() : action.path());
        json.name("params").beginArray();
        for (TableSchema.Parameter parameter :
                action == null ? List.<TableSchema.Parameter>of() : action.parameters()) {
            json.beginObject().name("name").value(parameter.name()).name("type").value(parameter.type());
            json.name("value").value(value(parameter, call)).endObject();
        }
        json.endArray();
    }

    /** What a packet gets one of: an array. */
    void set(JsonWriter json, TableSchema table, List<WeightedCall> set) throws IOException {
        json.name("action_set").beginArray();
        for (WeightedCall each : set) {
            json.beginObject();
            action(json, table.action(each.call().action()), each.call());
            json.name("weight").value(each.weight());
            watch(each.watch(), json);
            json.endObject();
        }
        json.endArray();
    }

    public String json(ValueSetSchema set, List<List<Match>> members) {
        return TcJson.text(json -> {
            json.beginArray().beginObject().name("value_set").value(set.path());
            json.name("entries").beginArray();
            for (List<Match> member : members) {
                json.beginObject();
                for (int i = 0; i < member.size(); i++) {
                    TableSchema.Key field = set.fields().get(i);
                    json.name(field.name()).value(values.text(field, member.get(i)));
                }
                json.endObject();
            }
            json.endArray().endObject().endArray();
        });
    }

    public String json(Map<Integer, Session> sessions) {
        return TcJson.text(json -> {
            json.beginArray();
            for (Map.Entry<Integer, Session> each : sessions.entrySet()) {
                Session session = each.getValue();
                json.beginObject()
                        .name("mirror")
                        .value(each.getKey())
                        .name("ports")
                        .beginArray();
                for (Replica replica : session.replicas()) json.value(port(replica));
                json.endArray().name("truncate").value(session.copy().most());
                json.name("sample").value(session.copy().oneIn());
                json.name("contents").value(contents(session)).endObject();
            }
            json.endArray();
        });
    }
}
