package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl.Result;
import org.jspecify.annotations.Nullable;

/** Things of a kind that the control plane numbers, as a worker has them. Immutable; the worker's thread calls. */
interface Entities<T> {
    /** Null when there is none of that number. */
    @Nullable
    T find(ProgramState state, long id);

    Result add(ProgramState state, long id, T value);

    Result modify(ProgramState state, long id, T value);

    Result delete(ProgramState state, long id);

    record Members(String profile) implements Entities<Table.Call> {
        @Override
        public Table.@Nullable Call find(ProgramState state, long id) {
            return state.profile(profile).member(id);
        }

        @Override
        public Result add(ProgramState state, long id, Table.Call call) {
            return state.profile(profile).addMember(id, call);
        }

        @Override
        public Result modify(ProgramState state, long id, Table.Call call) {
            return state.profile(profile).modifyMember(id, call);
        }

        @Override
        public Result delete(ProgramState state, long id) {
            return state.profile(profile).deleteMember(id);
        }
    }

    record Groups(String profile) implements Entities<Group> {
        @Override
        public @Nullable Group find(ProgramState state, long id) {
            return state.profile(profile).group(id);
        }

        @Override
        public Result add(ProgramState state, long id, Group group) {
            return state.profile(profile).addGroup(id, group);
        }

        @Override
        public Result modify(ProgramState state, long id, Group group) {
            return state.profile(profile).modifyGroup(id, group);
        }

        @Override
        public Result delete(ProgramState state, long id) {
            return state.profile(profile).deleteGroup(id);
        }
    }

    record Sessions() implements Entities<Session> {
        @Override
        public @Nullable Session find(ProgramState state, long id) {
            return state.sessions().find((int) id);
        }

        @Override
        public Result add(ProgramState state, long id, Session session) {
            return state.sessions().add((int) id, session);
        }

        @Override
        public Result modify(ProgramState state, long id, Session session) {
            return state.sessions().modify((int) id, session);
        }

        @Override
        public Result delete(ProgramState state, long id) {
            return state.sessions().delete((int) id);
        }
    }
}
