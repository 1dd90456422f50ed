package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.FieldMatch;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.ir.Match;
import dev.weir.server.p4runtime.ProgramInfo.ActionLink;
import dev.weir.server.p4runtime.ProgramInfo.FieldLink;
import dev.weir.server.p4runtime.ProgramInfo.TableLink;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Entries of tables as P4Runtime has them (section 9.1), and as the control plane here has them. Stateless; any thread. */
final class EntryCodec {
    /**
     * In P4Runtime the largest priority wins, here the lowest number: together they are this, so that the priorities that a program writes are those that a
     * controller reads.
     */
    private static final int PRIORITIES = 1 << 20;

    /** Before the metadata of an entry that has a number of the controller's beside it, which has 16 digits. */
    private static final char COOKIE = '\uE000';

    private static final int DIGITS = 16;

    private EntryCodec() {}

    static EntryKey key(TableEntry entry, TableLink table) throws EntityFault {
        List<Match> matches = matches(entry.getMatchList(), table.fields(), table.name());
        return new EntryKey(matches, priority(entry, table));
    }

    /** @param owner of the fields: a table or a value set */
    static List<Match> matches(List<FieldMatch> given, Map<Integer, FieldLink> fields, String owner)
            throws EntityFault {
        Match[] matches = new Match[fields.size()];
        for (FieldMatch match : given) {
            FieldLink field = fields.get(match.getFieldId());
            if (field == null) {
                throw EntityFault.invalid(
                        owner + ": has no match field " + match.getFieldId() + "; take one of its P4Info");
            }
            if (matches[field.index()] != null)
                throw EntityFault.invalid(field.name() + ": is there twice; give it once");
            matches[field.index()] = match(match, field);
        }
        for (FieldLink field : fields.values()) {
            if (matches[field.index()] != null) continue;
            if (field.info().getMatchType() == dev.weir.api.p4.config.v1.MatchField.MatchType.EXACT) {
                throw EntityFault.invalid(field.name() + ": is missing; an exact one has to be there");
            }
            matches[field.index()] = new Match.Any();
        }
        return List.of(matches);
    }

    private static @org.jspecify.annotations.Nullable Integer priority(TableEntry entry, TableLink table)
            throws EntityFault {
        int priority = entry.getPriority();
        boolean ordered = table.schema().isOrdered();
        if (ordered ? priority <= 0 : priority != 0) {
            throw EntityFault.invalid(table.name() + ": priority=" + priority
                    + (ordered ? "; give one from 1, the largest wins" : "; its entries have none, leave it 0"));
        }
        return ordered ? (Integer) (PRIORITIES - priority) : null;
    }

    private static Match match(FieldMatch match, FieldLink field) throws EntityFault {
        int bits = field.schema().bits();
        String kind = field.info().getMatchType().name();
        if (!match.getFieldMatchTypeCase().name().equals(kind)) {
            throw EntityFault.invalid(field.name() + ": is matched as "
                    + match.getFieldMatchTypeCase().name() + "; it is " + kind);
        }
        boolean whole = match.hasExact() || match.hasOptional();
        if (!whole && field.values().isText()) {
            throw new EntityFault(
                    Code.UNIMPLEMENTED,
                    field.name() + ": is " + kind + ", and its type is written as a text, which has no bits to compare;"
                            + " declare it exact or optional");
        }
        return switch (match.getFieldMatchTypeCase()) {
            case EXACT ->
                new Match.Exactly(field.values().number(match.getExact().getValue(), bits, field.name()));
            case OPTIONAL ->
                new Match.Exactly(field.values().number(match.getOptional().getValue(), bits, field.name()));
            case LPM -> prefix(match.getLpm(), bits, field.name());
            case TERNARY -> {
                BigInteger value = Octets.number(match.getTernary().getValue(), bits, field.name());
                BigInteger mask = Octets.number(match.getTernary().getMask(), bits, field.name() + "'s mask");
                yield masked(value, mask, field.name());
            }
            case RANGE -> range(match.getRange(), bits, field.name());
            case OTHER, FIELDMATCHTYPE_NOT_SET -> throw EntityFault.invalid(field.name() + ": has no value; give one");
        };
    }

    private static Match prefix(FieldMatch.LPM match, int bits, String name) throws EntityFault {
        BigInteger value = Octets.number(match.getValue(), bits, name);
        int length = match.getPrefixLen();
        if (length < 0 || length > bits) {
            throw EntityFault.invalid(name + ": prefix_len=" + length + "; give 1 to " + bits);
        }
        return masked(value, Octets.mask(length).shiftLeft(bits - length), name);
    }

    private static Match masked(BigInteger value, BigInteger mask, String name) throws EntityFault {
        if (mask.signum() == 0) {
            throw EntityFault.invalid(name + ": matches everything; leave the field out");
        }
        if (!value.and(mask).equals(value)) {
            throw EntityFault.invalid(name + ": value 0x" + value.toString(16) + " has bits that the mask 0x"
                    + mask.toString(16) + " leaves out; make them 0");
        }
        return new Match.Masked(value, mask);
    }

    private static Match range(FieldMatch.Range match, int bits, String name) throws EntityFault {
        BigInteger low = Octets.number(match.getLow(), bits, name + "'s low");
        BigInteger high = Octets.number(match.getHigh(), bits, name + "'s high");
        if (low.compareTo(high) > 0) {
            throw EntityFault.invalid(name + ": low " + low + " is above high " + high + "; swap them");
        }
        if (low.signum() == 0 && high.equals(Octets.mask(bits))) {
            throw EntityFault.invalid(name + ": matches everything; leave the field out");
        }
        return new Match.Range(low, high);
    }

    /** What a controller says of an entry beside key and action; all of it is said each time. */
    static EntryOptions options(TableEntry entry, TableLink table) throws EntityFault {
        long nanos = entry.getIdleTimeoutNs();
        if (nanos < 0) throw EntityFault.invalid("idle_timeout_ns=" + nanos + "; give 0 for never, or more");
        if (!table.idles() && (nanos != 0 || entry.hasTimeSinceLastHit())) {
            throw EntityFault.invalid(table.name()
                    + ": its entries do not idle, as its P4Info says; leave idle_timeout_ns and"
                    + " time_since_last_hit out");
        }
        if (entry.hasTimeSinceLastHit()) {
            throw EntityFault.invalid("time_since_last_hit: can be read only; leave it out");
        }
        Lifetime lifetime = nanos == 0 ? Lifetime.FOREVER : new Lifetime.Nanos(nanos);
        return EntryOptions.NONE.withLifetime(lifetime).withMetadata(metadata(entry));
    }

    @SuppressWarnings("deprecation") // controllers of before 1.4 have nothing else
    static String metadata(TableEntry entry) {
        String own = entry.getMetadata().toString(StandardCharsets.ISO_8859_1);
        long cookie = entry.getControllerMetadata();
        return cookie == 0 ? own : COOKIE + HexFormat.of().toHexDigits(cookie) + own;
    }

    @SuppressWarnings("deprecation") // as above
    private static void putMetadata(String metadata, TableEntry.Builder entry) {
        String own = metadata;
        if (!own.isEmpty() && own.charAt(0) == COOKIE && own.length() > DIGITS) {
            entry.setControllerMetadata(HexFormat.fromHexDigitsToLong(own, 1, 1 + DIGITS));
            own = own.substring(1 + DIGITS);
        }
        boolean octets = own.chars().allMatch(letter -> letter <= 0xFF);
        entry.setMetadata(ByteString.copyFrom(own, octets ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
    }

    /** Key, action, metadata and lifetime. */
    static TableEntry.Builder entry(EntryState state, TableLink table) {
        TableEntry.Builder entry = keyOf(state, table);
        entry.setAction(ActionCodec.action(state.call(), state.set(), table));
        entry.setIsConst(state.constant());
        return entry;
    }

    /** What names an entry, with its metadata and lifetime. */
    static TableEntry.Builder keyOf(EntryState state, TableLink table) {
        TableEntry.Builder entry = TableEntry.newBuilder().setTableId(table.id());
        entry.addAllMatch(matches(state.key().matches(), table.fields()));
        Integer priority = state.key().priority();
        if (priority != null) entry.setPriority(PRIORITIES - priority);
        putMetadata(state.metadata(), entry);
        if (table.idles()) entry.setIdleTimeoutNs(state.lifetimeNanos());
        return entry;
    }

    /** What matches everything is left out. */
    static List<FieldMatch> matches(List<Match> matches, Map<Integer, FieldLink> fields) {
        List<FieldMatch> made = new ArrayList<>();
        for (FieldLink field : fields.values()) {
            FieldMatch.Builder match =
                    FieldMatch.newBuilder().setFieldId(field.info().getId());
            if (put(matches.get(field.index()), field, match)) made.add(match.build());
        }
        return made;
    }

    /** False for what matches everything. */
    private static boolean put(Match match, FieldLink field, FieldMatch.Builder to) {
        int bits = field.schema().bits();
        switch (field.schema().kind()) {
            case EXACT ->
                to.setExact(
                        FieldMatch.Exact.newBuilder().setValue(field.values().octets(low(match))));
            case OPTIONAL -> {
                if (match instanceof Match.Any) return false;
                to.setOptional(
                        FieldMatch.Optional.newBuilder().setValue(field.values().octets(low(match))));
            }
            case LPM -> {
                int length = mask(match, bits).bitCount();
                if (length == 0) return false;
                to.setLpm(FieldMatch.LPM
                        .newBuilder()
                        .setValue(Octets.of(low(match)))
                        .setPrefixLen(length));
            }
            case TERNARY -> {
                BigInteger mask = mask(match, bits);
                if (mask.signum() == 0) return false;
                to.setTernary(FieldMatch.Ternary.newBuilder()
                        .setValue(Octets.of(low(match)))
                        .setMask(Octets.of(mask)));
            }
            case RANGE -> {
                BigInteger low = low(match), high = high(match, bits);
                if (low.signum() == 0 && high.equals(Octets.mask(bits))) return false;
                to.setRange(FieldMatch.Range.newBuilder().setLow(Octets.of(low)).setHigh(Octets.of(high)));
            }
        }
        return true;
    }

    private static BigInteger low(Match match) {
        return switch (match) {
            case Match.Exactly m -> m.number();
            case Match.Masked m -> m.number().and(m.mask());
            case Match.Range m -> m.low();
            case Match.Any _ -> BigInteger.ZERO;
        };
    }

    private static BigInteger high(Match match, int bits) {
        return switch (match) {
            case Match.Exactly m -> m.number();
            case Match.Masked m -> m.number().or(m.mask().xor(Octets.mask(bits)));
            case Match.Range m -> m.high();
            case Match.Any _ -> Octets.mask(bits);
        };
    }

    private static BigInteger mask(Match match, int bits) {
        return switch (match) {
            case Match.Exactly _ -> Octets.mask(bits);
            case Match.Masked m -> m.mask();
            case Match.Range _, Match.Any _ -> BigInteger.ZERO;
        };
    }

    /** Whether two keys match the same, whatever their priorities. */
    static boolean isSame(EntryKey one, EntryKey other, TableLink table) {
        for (FieldLink field : table.fields().values()) {
            int bits = field.schema().bits();
            Match a = one.matches().get(field.index()), b = other.matches().get(field.index());
            if (!low(a).equals(low(b)) || !high(a, bits).equals(high(b, bits))) return false;
            if (!mask(a, bits).equals(mask(b, bits))) return false;
        }
        return true;
    }

    /** Whether an entry is what a request to read asks for: its key was compared already. */
    @SuppressWarnings("deprecation") // as above
    static boolean isWanted(EntryState state, TableEntry wanted, TableLink table) {
        if (wanted.getPriority() != 0) {
            Integer priority = state.key().priority();
            if (priority == null || PRIORITIES - priority != wanted.getPriority()) return false;
        }
        if (wanted.getAction().hasAction()) {
            ActionLink link = table.action(state.call().action());
            if (link == null || link.id() != wanted.getAction().getAction().getActionId()) return false;
        } else if (wanted.hasAction()
                && !wanted.getAction().equals(ActionCodec.action(state.call(), state.set(), table))) {
            return false;
        }
        boolean said = !wanted.getMetadata().isEmpty() || wanted.getControllerMetadata() != 0;
        return !said || state.metadata().equals(metadata(wanted));
    }
}
