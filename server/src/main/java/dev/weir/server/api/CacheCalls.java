package dev.weir.server.api;

import dev.weir.api.v1.Cache;
import dev.weir.api.v1.CacheFigures;
import dev.weir.api.v1.ListCachesRequest;
import dev.weir.api.v1.ListCachesResponse;
import dev.weir.api.v1.TenantCache;
import dev.weir.p4.control.CacheState;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.TableState;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code ListCaches}. Any thread. */
final class CacheCalls {
    private final Programs programs;
    private final ProgramCalls common;

    CacheCalls(Programs programs, ProgramCalls common) {
        this.programs = programs;
        this.common = common;
    }

    CompletionStage<ListCachesResponse> list(ListCachesRequest request) {
        List<RunningNode> asked = request.getProgram().isEmpty()
                ? programs.all()
                : List.of(common.found(request.getProgram(), "program"));
        List<CompletableFuture<@Nullable Cache>> caches = new ArrayList<>();
        for (RunningNode program : asked) {
            for (TableSchema table : program.image().schema().tables()) {
                caches.add(program.runtime().table(table.name()).thenApply(state -> cache(program, state)));
            }
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(caches.toArray(CompletableFuture[]::new));
        return ProgramCalls.answered(all)
                .thenApply(_ -> ListCachesResponse.newBuilder()
                        .addAllCaches(caches.stream()
                                .map(CompletableFuture::join)
                                .filter(Objects::nonNull)
                                .toList())
                        .build());
    }

    private static @Nullable Cache cache(RunningNode program, TableState state) {
        CacheState cache = state.cache();
        if (cache == null) return null;
        Cache.Builder message = Cache.newBuilder()
                .setProgram(program.name())
                .setNode(program.node())
                .setTable(state.table().path())
                .setPolicy(cache.says().policy().name().toLowerCase(Locale.ROOT))
                .setBy(cache.says().byBytes() ? "bytes" : "packets")
                .setTenantKey(Objects.requireNonNullElse(cache.says().tenant(), ""))
                .setQuota(cache.says().quota())
                .setSize(state.table().size())
                .setFigures(figures(cache.all()));
        cache.tenants()
                .forEach((tenant, figures) -> message.addTenants(
                        TenantCache.newBuilder().setTenant(tenant).setFigures(figures(figures))));
        return message.build();
    }

    private static CacheFigures figures(dev.weir.table.cache.CacheFigures figures) {
        return CacheFigures.newBuilder()
                .setHitPackets(figures.hitPackets())
                .setHitBytes(figures.hitBytes())
                .setMissPackets(figures.missPackets())
                .setMissBytes(figures.missBytes())
                .setAdmitted(figures.admitted())
                .setRejected(figures.rejected())
                .setEvicted(figures.evicted())
                .setExpired(figures.expired())
                .setEntries(figures.size())
                .setPinned(figures.pinned())
                .build();
    }
}
