package dev.weir.server.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.Lifetime;
import dev.weir.dataplane.graph.FlowEdit;
import dev.weir.table.AgingProfiles;
import dev.weir.table.FlowUpdate;

/** From the changes of requests to those of the data plane. */
final class Edits {
    private static final long SECOND_MILLIS = 1000, MILLI_NANOS = 1_000_000, SECOND_NANOS = 1_000_000_000;
    private static final long MAX_SECONDS = dev.weir.table.Lifetime.MAX_MILLIS / SECOND_MILLIS;

    private Edits() {}

    /**
     * The change that a request means.
     *
     * @param path where in the request it stands
     * @throws Refusal when it is none: which field, and why
     */
    static FlowEdit read(FlowChange change, String path) {
        FlowUpdate update = FlowUpdate.NOTHING;
        if (change.hasLifetime()) {
            update = update.withLifetime(lifetime(change.getLifetime(), path + ".lifetime"));
        }
        if (change.hasOffloaded()) {
            update = update.withOffloaded(change.getOffloaded());
        }
        if (change.hasInfos()) {
            update = update.withInfos(infos(change, path));
        } else if (change.hasCtxId()) {
            update = update.withCtxId(change.getCtxId());
        }
        return new FlowEdit(
                Keys.read(change.getKey(), path + ".key"),
                update,
                change.hasForwardChain() ? change.getForwardChain() : null,
                change.hasReverseChain() ? change.getReverseChain() : null);
    }

    private static byte[] infos(FlowChange change, String path) {
        if (change.hasCtxId()) {
            throw Refusal.field(path + ".ctx_id", "is the first four octets of infos; give one of the two");
        }
        ByteString infos = change.getInfos();
        if (infos.size() > FlowUpdate.INFOS) {
            throw Refusal.field(
                    path + ".infos", "has " + infos.size() + " octets; give " + FlowUpdate.INFOS + " at the most");
        }
        return infos.toByteArray();
    }

    private static int lifetime(Lifetime lifetime, String path) {
        return switch (lifetime.getKindCase()) {
            case IDLE -> millis(lifetime.getIdle(), path + ".idle");
            case NEVER -> {
                if (!lifetime.getNever()) {
                    throw Refusal.field(path + ".never", "can only be true; give idle for another lifetime");
                }
                yield dev.weir.table.Lifetime.NEVER;
            }
            case AGING_PROFILE -> {
                int profile = lifetime.getAgingProfile();
                if (profile < 0 || profile >= AgingProfiles.COUNT) {
                    throw Refusal.field(
                            path + ".aging_profile",
                            "there is no such profile; give 0 to " + (AgingProfiles.COUNT - 1));
                }
                yield AgingProfiles.DEFAULT.lifetime(profile);
            }
            case KIND_NOT_SET -> throw Refusal.field(path, "is empty; give idle, never or aging_profile");
        };
    }

    private static int millis(Duration idle, String path) {
        long seconds = idle.getSeconds();
        int nanos = idle.getNanos();
        if (seconds < 0 || nanos < 0 || nanos >= SECOND_NANOS || seconds > MAX_SECONDS) {
            throw Refusal.field(path, "is out of range; give 0 to " + MAX_SECONDS + " seconds, or never");
        }
        if (nanos % MILLI_NANOS != 0) {
            throw Refusal.field(path, "is finer than a millisecond; round it");
        }
        long millis = seconds * SECOND_MILLIS + nanos / MILLI_NANOS;
        return dev.weir.table.Lifetime.ofMillis(Math.min(millis, dev.weir.table.Lifetime.MAX_MILLIS));
    }
}
