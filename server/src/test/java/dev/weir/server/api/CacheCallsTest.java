package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.api.v1.Cache;
import dev.weir.api.v1.CacheFigures;
import dev.weir.api.v1.ListCachesRequest;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.TenantCache;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is told of tables that are caches, of two workers together, through a real channel. */
@Timeout(60)
class CacheCallsTest {
    private static final String CACHED = TestPrograms.TRACKER.replace(
            "size = FLOWS;",
            "size = 4; weir_cache_policy = \"lru\"; weir_cache_by = \"bytes\"; weir_cache_tenant = \"src\"; weir_cache_quota = 3;");

    private final ApiRig rig = new ApiRig(2);

    @AfterEach
    void close() {
        rig.close();
    }

    private void load(String name, String source) {
        rig.programs.loadProgram(
                LoadProgramRequest.newBuilder().setName(name).setSource(source).build());
    }

    private List<Cache> caches(String program) {
        return rig.programs
                .listCaches(ListCachesRequest.newBuilder().setProgram(program).build())
                .getCachesList();
    }

    @Test
    void caches_ofAllWorkers_areSummed() {
        load("plain", TestPrograms.TRACKER);
        load("cached", CACHED);
        for (int round = 0; round < 2; round++) {
            for (int n = 0; n < 12; n++) {
                rig.packet(n, false, 1000 + 100 * round + n);
                rig.packet(n, false, 1000 + 100 * round + n);
            }
        }
        rig.settle();
        Cache cache = caches("").getFirst();
        assertThat(caches("")).hasSize(1);
        assertThat(caches("plain")).isEmpty();
        assertThat(caches("cached")).containsExactly(cache);
        assertThat(cache.toBuilder().clearTenants().clearFigures().build())
                .isEqualTo(Cache.newBuilder()
                        .setProgram("cached")
                        .setNode("cached")
                        .setTable("Main/flows")
                        .setPolicy("lru")
                        .setBy("bytes")
                        .setTenantKey("src")
                        .setQuota(3)
                        .setSize(4)
                        .build());
        CacheFigures figures = cache.getFigures();
        assertThat(figures.getEntries()).isEqualTo(8);
        // packets of a vector come flow by flow, so how many miss depends on where vectors end
        assertThat(figures.getHitPackets() + figures.getMissPackets()).isEqualTo(48);
        assertThat(figures.getMissPackets()).isBetween(12L, 24L);
        assertThat(figures.getAdmitted()).isEqualTo(figures.getMissPackets());
        assertThat(figures.getEvicted()).isEqualTo(figures.getAdmitted() - 8);
        assertThat(figures.getHitBytes()).isEqualTo(52 * figures.getHitPackets());
        assertThat(cache.getTenantsList()).hasSize(12);
        TenantCache first = cache.getTenants(0);
        assertThat(first.getTenant()).isEqualTo(0x0A00_0000L);
        assertThat(first.getFigures().getHitPackets() + first.getFigures().getMissPackets())
                .isEqualTo(4);
    }

    @Test
    void caches_ofAProgramThatIsNotThere_areRefused() {
        assertThatThrownBy(() -> caches("none")).isInstanceOf(StatusRuntimeException.class);
    }
}
