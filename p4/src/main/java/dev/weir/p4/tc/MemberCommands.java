package dev.weir.p4.tc;

import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a command says of the members and groups of an action profile, of a value set, of mirror sessions. */
final class MemberCommands {
    private static final long MOST_NUMBER = 0xFFFFFFFFL, MOST_TRUNCATE = 1 << 16, MOST_SAMPLE = 1 << 24;

    private final TcValues values;
    private final PortNames ports;
    private final Words words;

    MemberCommands(TcValues values, PortNames ports, Words words) {
        this.values = values;
        this.ports = ports;
        this.words = words;
    }

    private static @Nullable Edit edit(String verb) {
        return switch (verb) {
            case "create" -> Edit.INSERT;
            case "update" -> Edit.MODIFY;
            case "delete" -> Edit.DELETE;
            default -> null;
        };
    }

    /** {@code member N [action A [param P V]...]}, {@code group N [max_size S] [member M [weight W] [watch PORT]]...}. */
    TcCommand profile(String verb, ProfileSchema profile) throws TcFault {
        Edit edit = edit(verb);
        if (edit == null && words.isAtEnd()) return new TcCommand.GetMembers(profile, null, null);
        Words.Word what = words.take("'member' or 'group'");
        boolean group = what.text().equals("group");
        if (!group && !what.text().equals("member")) throw words.fault(what, "'member' or 'group' is wanted here");
        long number = words.number("the number of a " + what.text(), MOST_NUMBER);
        if (edit == null) {
            words.end("nothing follows here");
            return new TcCommand.GetMembers(profile, group ? null : number, group ? number : null);
        }
        Change change = group
                ? new Change.SetGroup(edit, profile.name(), number, edit == Edit.DELETE ? null : group())
                : new Change.SetMember(edit, profile.name(), number, edit == Edit.DELETE ? null : member(profile));
        words.end("nothing follows here");
        return new TcCommand.Write(List.of(change));
    }

    private Table.Call member(ProfileSchema profile) throws TcFault {
        words.expect("action");
        return new ActionWords(profile.actions(), values, words).call();
    }

    private Group group() throws TcFault {
        int maxSize = words.accept("max_size") ? (int) words.number("a size", Integer.MAX_VALUE) : 0;
        List<Weighted> members = new ArrayList<>();
        while (words.accept("member")) {
            long member = words.number("the number of a member", MOST_NUMBER);
            members.add(new Weighted(member, ActionWords.weight(words), ActionWords.watch(words, ports)));
        }
        return new Group(members, maxSize);
    }

    /** {@code entry FIELD VALUE...}, as often as there are members; a set is emptied by {@code delete}. */
    TcCommand values(String verb, ValueSetSchema set, Words.Word path) throws TcFault {
        if (verb.equals("get")) {
            words.end("nothing follows here");
            return new TcCommand.GetValues(set);
        }
        if (verb.equals("create")) {
            throw words.fault(path, "a value set is there from the begin; update says all that it consists of");
        }
        List<List<Match>> members = new ArrayList<>();
        MatchWords matches = new MatchWords(set.fields(), List.of("entry"), values, words);
        while (verb.equals("update") && words.accept("entry")) members.add(matches.matches());
        words.end("'entry' and the values of the fields are wanted here, or nothing");
        return new TcCommand.Write(List.of(new Change.SetValues(set.name(), members)));
    }

    /**
     * {@code [port NAME]... [truncate OCTETS] [sample N] [contents pre|post]}.
     *
     * @param session null for all
     */
    TcCommand session(String verb, @Nullable Integer session, Words.Word path) throws TcFault {
        Edit edit = edit(verb);
        if (edit == null) {
            words.end("nothing follows here");
            return new TcCommand.GetSessions(session);
        }
        if (session == null) throw words.fault(path, "it names no session; give its number behind it: mirror/1");
        Session copies = edit == Edit.DELETE ? null : copies();
        words.end("there is no such option; give port, truncate, sample or contents");
        return new TcCommand.Write(List.of(new Change.SetSession(edit, session, copies)));
    }

    private Session copies() throws TcFault {
        List<Replica> replicas = new ArrayList<>();
        while (words.accept("port")) {
            Words.Word name = words.take("the name of a port");
            int port = ports.number(name.text());
            if (port < 0) throw words.fault(name, "there is no such port; give one of " + ports.names());
            replicas.add(new Replica(port, 0));
        }
        int truncate = words.accept("truncate") ? (int) words.number("octets", MOST_TRUNCATE) : 0;
        int sample = words.accept("sample") ? (int) words.number("every how many-th packet", MOST_SAMPLE) : 1;
        Contents contents = Contents.PRE_MODIFY;
        if (words.accept("contents")) {
            Words.Word which = words.take("'pre' or 'post'");
            if (which.text().equals("post")) {
                contents = Contents.POST_MODIFY;
            } else if (!which.text().equals("pre")) {
                throw words.fault(which, "'pre', as packets came, or 'post', as the program made them, is wanted here");
            }
        }
        return new Session(replicas, new MirrorCopy(contents, truncate, Math.max(1, sample)));
    }

    /** The number at the end of a path: {@code P/mirror/7}. */
    static int number(Words words, Words.Word path, String text) throws TcFault {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number < MirrorSessions.MOST) return number;
        } catch (NumberFormatException _) {
            throw words.fault(path, "its end is no number; give that of a session, 0 to " + (MirrorSessions.MOST - 1));
        }
        throw words.fault(path, "the session is out of range; give 0 to " + (MirrorSessions.MOST - 1));
    }
}
