package dev.weir.server.api;

import dev.weir.api.v1.ProgramEvent.Kind;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.tc.PortNames;
import dev.weir.server.programs.ProgramEventLog;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.util.List;

/** Events of programs as messages. Stateless. */
final class EventMessages {
    private EventMessages() {}

    static Kind kind(ProgramEvent event) {
        return switch (event) {
            case ProgramEvent.OfEntry e ->
                switch (e.kind()) {
                    case CREATED -> Kind.CREATED;
                    case UPDATED -> Kind.UPDATED;
                    case DELETED -> Kind.DELETED;
                    case IDLE -> Kind.IDLE;
                };
            case ProgramEvent.Flushed _ -> Kind.FLUSHED;
            case ProgramEvent.OfDigest _ -> Kind.DIGEST;
            case ProgramEvent.Lost _ -> Kind.KIND_UNSPECIFIED;
        };
    }

    static dev.weir.api.v1.ProgramEvent event(Programs programs, ProgramEventLog.Logged logged) {
        RunningNode program = logged.program();
        ProgramEvent event = logged.event();
        EntryMessages entries = new EntryMessages(new PortNames(programs.portNames()));
        dev.weir.api.v1.ProgramEvent.Builder message = dev.weir.api.v1.ProgramEvent.newBuilder()
                .setKind(kind(event))
                .setTime(EntryMessages.time(event.at()))
                .setProgram(program.name())
                .setNode(program.node())
                .setNumber(program.number());
        switch (event) {
            case ProgramEvent.OfEntry e ->
                message.setBy(EntryMessages.author(e.by())).setEntry(entries.entry(e.entry()));
            case ProgramEvent.Flushed e ->
                message.setBy(EntryMessages.author(e.by()))
                        .setTable(e.table().path())
                        .setEntries(e.entries());
            case ProgramEvent.OfDigest e -> {
                message.setDigest(e.digest());
                List<TableSchema.Parameter> fields = fields(program.image().schema(), e.digest());
                for (int i = 0; i < Math.min(fields.size(), e.values().size()); i++) {
                    message.addFields(entries.argument(fields.get(i), e.values().get(i)));
                }
            }
            case ProgramEvent.Lost _ -> {}
        }
        return message.build();
    }

    private static List<TableSchema.Parameter> fields(ProgramSchema schema, String digest) {
        return schema.digests().stream()
                .filter(each -> each.name().equals(digest))
                .findFirst()
                .map(ProgramSchema.Digest::fields)
                .orElse(List.of());
    }
}
