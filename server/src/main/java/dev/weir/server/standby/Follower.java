package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.server.programs.Programs;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What has come of the machine that forwards, over one stream after the other. One thread begins and ends streams; any thread may ask. */
final class Follower implements AutoCloseable {
    /** Held while the reader is used. */
    private final ReentrantLock reading = new ReentrantLock();

    private final ChangeReader reader = new ChangeReader();
    private final AtomicLong streams = new AtomicLong();
    private volatile @Nullable Following following;
    private volatile long term;

    /**
     * Begins a stream; what the one before has brought stays until this one has brought all.
     *
     * @param changed is told of whole rounds and of the end
     */
    Following begin(Peer peer, Term mine, Runnable changed) throws IOException {
        reading.lock();
        try {
            reader.begin();
        } finally {
            reading.unlock();
        }
        Following stream = new Following(reading, reader, mine, changed);
        var _ = peer.stream().followFlows(stream);
        stream.begin();
        following = stream;
        streams.incrementAndGet();
        return stream;
    }

    /** The stream has brought all that the machine that forwards by that number knew. */
    void inStepBy(long number) {
        term = number;
    }

    /** Ends the stream, if there is one; nothing is kept any more when this has returned. */
    void end(String why) {
        Following stream = following;
        if (stream != null) {
            stream.cancel(why);
            following = null;
        }
    }

    boolean holds() {
        reading.lock();
        try {
            return reader.whole() != null;
        } finally {
            reading.unlock();
        }
    }

    /** The number of the machine whose flows are here; 0 for none. */
    long followed() {
        return holds() ? term : 0;
    }

    int flows() {
        reading.lock();
        try {
            Replica whole = reader.whole();
            return whole == null ? 0 : whole.flows();
        } finally {
            reading.unlock();
        }
    }

    /** Has programs run that were loaded at the other machine; before the graph of programs is asked for. */
    void resume(Taken taken, Programs programs) {
        reading.lock();
        try {
            taken.tell(reader.programs().resume(programs));
        } finally {
            reading.unlock();
        }
    }

    /** Gives a data plane that is about to start what is here, and keeps none of it. */
    void restore(Taken taken, FlowRestore into, Programs programs) {
        reading.lock();
        try {
            Replica whole = reader.whole();
            if (whole != null) {
                ProgramReplica kept = reader.programs();
                taken.restore(whole, into, kept.restore(programs), kept.lag(System.nanoTime()));
            }
            reader.clear();
        } finally {
            reading.unlock();
        }
    }

    void tell(GetStandbyResponse.Builder status, long now) {
        status.setInStep(holds()).setFlows(flows()).setFollowedTerm(followed()).setStreams(streams.get());
        Following stream = following;
        ChangeReader.Round round = stream == null ? null : stream.progress().round();
        if (stream != null && round != null) {
            status.setRounds(round.number())
                    .setLag(Durations.of(now - stream.progress().kept() + round.tookNanos()));
        }
        reading.lock();
        try {
            reader.programs().lag(now).ifPresent(lag -> status.setProgramLag(Durations.of(lag)));
        } finally {
            reading.unlock();
        }
    }

    @Override
    public void close() {
        end("this machine ends");
        reading.lock();
        try {
            reader.clear();
        } finally {
            reading.unlock();
        }
    }
}
