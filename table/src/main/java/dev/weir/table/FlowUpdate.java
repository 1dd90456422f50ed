package dev.weir.table;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What to change of a flow; what is not given stays untouched. Immutable. */
public final class FlowUpdate {
    /** How many octets of a flow others own. */
    public static final int INFOS = 16;

    /** Changes nothing. */
    public static final FlowUpdate NOTHING = new FlowUpdate(OptionalInt.empty(), null, null);

    private final OptionalInt lifetime;
    private final @Nullable Boolean offloaded;
    private final byte @Nullable [] infos;

    private FlowUpdate(OptionalInt lifetime, @Nullable Boolean offloaded, byte @Nullable [] infos) {
        this.lifetime = lifetime;
        this.offloaded = offloaded;
        this.infos = infos;
    }

    /** Sets the lifetime, as {@link Lifetime} stores it; from then on TCP state no longer does. */
    public FlowUpdate withLifetime(int millis) {
        return new FlowUpdate(OptionalInt.of(millis), offloaded, infos);
    }

    /** Sets the lifetime to that of an aging profile. */
    public FlowUpdate withAgingProfile(AgingProfiles profiles, int profile) {
        return withLifetime(profiles.lifetime(profile));
    }

    /** Says whether something below handles the flow's packets. */
    public FlowUpdate withOffloaded(boolean value) {
        return new FlowUpdate(lifetime, value, infos);
    }

    /** Sets the first octets that others own, up to all {@link #INFOS}; the rest stay. */
    public FlowUpdate withInfos(byte[] octets) {
        if (octets.length > INFOS) {
            throw new IllegalArgumentException("infos too long: octets=" + octets.length + ", limit=" + INFOS);
        }
        return new FlowUpdate(lifetime, offloaded, octets.clone());
    }

    /** Sets the context id: the first four of the octets, in native order. */
    public FlowUpdate withCtxId(int id) {
        return withInfos(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(id)
                .array());
    }

    OptionalInt lifetime() {
        return lifetime;
    }

    @Nullable
    Boolean offloaded() {
        return offloaded;
    }

    byte @Nullable [] infos() {
        return infos;
    }
}
