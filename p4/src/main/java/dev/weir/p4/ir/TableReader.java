package dev.weir.p4.ir;

import dev.weir.table.cache.CachePolicy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one table. */
final class TableReader {
    private final IrTokens tokens;
    private final CodeReader code;
    private final List<Table.Key> keys = new ArrayList<>();
    private final List<Table.ActionUse> actions = new ArrayList<>();
    private final List<Table.Entry> entries = new ArrayList<>();
    private final List<String> direct = new ArrayList<>();
    private Table.@Nullable Cache cache;
    private Table.@Nullable Implementation implementation;
    private Table.@Nullable DefaultAction defaultAction;
    private int size = Table.DEFAULT_SIZE;
    private boolean addOnMiss;
    private Table.Idle idle = Table.Idle.NONE;
    private final List<Long> lifetimes = new ArrayList<>(Table.lifetimes(Table.DEFAULT_PROFILES));
    private int permissions = Table.NO_PERMISSIONS;

    TableReader(IrTokens tokens, CodeReader code) {
        this.tokens = tokens;
        this.code = code;
    }

    /** Behind the word {@code table}. */
    Table table() {
        String name = tokens.name("a table");
        tokens.take("{");
        while (!tokens.took("}")) property();
        if (defaultAction == null) throw tokens.fault("table " + name + " does not say its default action");
        return new Table(
                name,
                keys,
                actions,
                defaultAction,
                entries,
                size,
                addOnMiss,
                idle,
                lifetimes,
                permissions,
                direct,
                cache,
                implementation);
    }

    private void property() {
        String word = tokens.name("a property of a table");
        switch (word) {
            case "key" -> {
                String name = tokens.text();
                Table.MatchKind kind = IrReader.constant(Table.MatchKind.class, tokens);
                tokens.take("=");
                keys.add(new Table.Key(name, kind, code.value()));
            }
            case "action" -> actions.add(new Table.ActionUse(tokens.name("an action"), scope()));
            case "default" -> defaultAction = new Table.DefaultAction(call(), tokens.took("const"));
            case "entry" -> entry();
            case "size" -> size = tokens.integer(1 << 30);
            case "add_on_miss" -> addOnMiss = true;
            case "idle" -> idle = IrReader.constant(Table.Idle.class, tokens);
            case "profiles" -> {
                lifetimes.clear();
                lifetimes.addAll(Table.lifetimes(tokens.integer(Table.MOST_PROFILES)));
            }
            case "lifetime" -> lifetime();
            case "permissions" -> permissions = tokens.integer((1 << 14) - 1);
            case "direct" -> direct.add(tokens.name("a resource"));
            case "cache" -> cache = cache();
            case "implementation" -> implementation = implementation();
            default -> throw tokens.fault("a table has no property " + word);
        }
    }

    private void lifetime() {
        int profile = tokens.integer(Table.MOST_PROFILES);
        BigInteger nanos = tokens.number();
        if (profile >= lifetimes.size()) throw tokens.fault("there is no profile " + profile + "; say profiles before");
        if (nanos.bitLength() > 62) throw tokens.fault("a lifetime has at most 62 bits of nanoseconds");
        lifetimes.set(profile, nanos.longValue());
    }

    private Table.Cache cache() {
        CachePolicy policy = IrReader.constant(CachePolicy.class, tokens);
        boolean bytes = tokens.took("bytes");
        String tenant = tokens.took("tenant") ? tokens.text() : null;
        int quota = tokens.took("quota") ? tokens.integer(1 << 30) : 0;
        return new Table.Cache(policy, bytes, tenant, quota);
    }

    private Table.Implementation implementation() {
        String profile = tokens.name("a profile");
        if (!tokens.took("select")) return new Table.Implementation(profile, null);
        Value by = code.value();
        tokens.take("else");
        return new Table.Implementation(profile, new Table.Selection(by, call()));
    }

    private Table.Scope scope() {
        if (tokens.took("table_only")) return Table.Scope.TABLE_ONLY;
        return tokens.took("default_only") ? Table.Scope.DEFAULT_ONLY : Table.Scope.TABLE_AND_DEFAULT;
    }

    private void entry() {
        List<Match> matches = code.matches();
        Integer priority = tokens.took("priority") ? tokens.integer(Integer.MAX_VALUE - 1) : null;
        tokens.take("=");
        entries.add(new Table.Entry(matches, priority, call(), tokens.took("const")));
    }

    private Table.Call call() {
        String action = tokens.name("an action");
        List<BigInteger> arguments = new ArrayList<>();
        tokens.take("(");
        while (!tokens.took(")")) {
            if (!arguments.isEmpty()) tokens.take(",");
            arguments.add(tokens.number());
        }
        return new Table.Call(action, arguments);
    }
}
