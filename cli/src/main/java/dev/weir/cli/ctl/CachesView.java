package dev.weir.cli.ctl;

import dev.weir.api.v1.Cache;
import dev.weir.api.v1.CacheFigures;
import dev.weir.api.v1.ListCachesRequest;
import dev.weir.api.v1.TenantCache;
import dev.weir.cli.CommandException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code show caches}: what tables keep that are caches, a line each and a line a tenant. */
final class CachesView {
    /** Of a cache as a whole or, with its number as text, of one tenant. */
    private record Row(Cache cache, String tenant, CacheFigures figures) {
        double packetRatio() {
            return ratio(figures.getHitPackets(), figures.getMissPackets());
        }

        double byteRatio() {
            return ratio(figures.getHitBytes(), figures.getMissBytes());
        }

        private static double ratio(long hits, long misses) {
            return hits + misses == 0 ? 0 : (double) hits / (hits + misses);
        }
    }

    private static final Listing<Row> ROWS = new Listing<Row>()
            .text("NODE", "node", row -> row.cache.getNode())
            .text("TABLE", "table", row -> row.cache.getTable())
            .text("POLICY", "policy", row -> row.cache.getPolicy())
            .text("BY", "by", row -> row.cache.getBy())
            .text("TENANT", "tenant", Row::tenant)
            .number("", "size", row -> row.cache.getSize())
            .number("", "quota", row -> row.cache.getQuota())
            .number("ENTRIES", "entries", row -> row.figures.getEntries())
            .number("PINNED", "pinned", row -> row.figures.getPinned())
            .decimal("HIT-%", "", 1, row -> 100 * row.packetRatio())
            .decimal("BYTES-%", "", 1, row -> 100 * row.byteRatio())
            .number("HITS", "hit_packets", row -> row.figures.getHitPackets())
            .number("", "hit_bytes", row -> row.figures.getHitBytes())
            .number("MISSES", "miss_packets", row -> row.figures.getMissPackets())
            .number("", "miss_bytes", row -> row.figures.getMissBytes())
            .number("ADMITTED", "admitted", row -> row.figures.getAdmitted())
            .number("REJECTED", "rejected", row -> row.figures.getRejected())
            .number("EVICTED", "evicted", row -> row.figures.getEvicted())
            .number("EXPIRED", "expired", row -> row.figures.getExpired());

    private CachesView() {}

    static int show(Session session) throws IOException {
        List<Row> rows = new ArrayList<>();
        for (Cache cache : session.client()
                .programs()
                .listCaches(ListCachesRequest.getDefaultInstance())
                .getCachesList()) {
            rows.add(new Row(cache, "", cache.getFigures()));
            for (TenantCache tenant : cache.getTenantsList()) {
                rows.add(new Row(cache, Long.toUnsignedString(tenant.getTenant()), tenant.getFigures()));
            }
        }
        ROWS.print(session, rows);
        return CommandException.DONE;
    }
}
