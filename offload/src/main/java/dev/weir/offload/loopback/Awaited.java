package dev.weir.offload.loopback;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An answer of the backend, or what is made of one: who waits for it reads the connection meanwhile, see {@link Link#help}. */
final class Awaited<T> extends CompletableFuture<T> {
    private final Link link;

    Awaited(Link link) {
        this.link = link;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new Awaited<>(link);
    }

    @Override
    public T join() {
        link.help(this);
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        link.help(this);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        if (timeout > 0) link.help(this);
        return super.get(timeout, unit);
    }
}
