package dev.weir.p4.run;

import dev.weir.p4.ir.Pipeline;

/** Is told of digests, in the worker's thread. */
@FunctionalInterface
public interface DigestListener {
    DigestListener NONE = (_, _) -> {};

    /**
     * @param words the values one after the other, each in as many longs as its width needs, the least significant first; to be copied
     *     before this returns
     */
    void digest(Pipeline.Digest digest, long[] words);
}
