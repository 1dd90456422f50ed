package dev.weir.server.p4runtime;

import dev.weir.api.p4.v1.Entity;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Some of what a Read asks for, a page after the other. Asked by one thread at a time. */
interface ReadSource {
    /** How many entities a page has, about. */
    int PAGE = 256;

    /** @param last whether there are no more pages */
    record Page(List<Entity> entities, boolean last) {}

    CompletableFuture<Page> next();

    /** What is known already. */
    static ReadSource of(List<Entity> entities) {
        return () -> CompletableFuture.completedFuture(new Page(entities, true));
    }
}
