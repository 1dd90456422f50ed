package dev.weir.cluster.job;

import dev.weir.cluster.job.TopicOptions.SensorTimes;
import dev.weir.export.message.DigestHead;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far each sensor is: its clock, and the last message of each of its latest runs. Time goes on as the slowest sensor does that is waited for: one
 * that was named or heard of, has not said that its run is over, and was not silent for too long while others were not. Where all have said so, the sensor that went
 * furthest decides. One thread.
 */
final class SensorClocks {
    /** Of how many runs of a sensor the last number is known; the oldest is forgotten. */
    static final int MOST_RUNS = 8;
    /** Of how many sensors a lane takes note; but for those that were named, others are refused. */
    static final int MOST_SENSORS = 4096;

    /** What a message is to those before it. */
    enum Outcome {
        NEXT,
        /** Some before it are missing. */
        AFTER_LOSS,
        /** It was there before. */
        DOUBLE,
        /** Its sensor is one too many. */
        REFUSED
    }

    private static final class Run {
        long sequence;
        long packets;
    }

    private static final class Sensor {
        long clock = Long.MIN_VALUE;
        boolean ended;
        long heardMillis;
        /** The oldest first. */
        final Map<String, Run> runs = new LinkedHashMap<>();
    }

    private final SensorTimes times;
    private final Map<String, Sensor> sensors = new TreeMap<>();
    private long lostMessages, lostPackets;

    /** @param nowMillis from when on silence counts, as in all that follow */
    SensorClocks(SensorTimes times, long nowMillis) {
        this.times = times;
        for (String name : times.sensors()) {
            sensor(name, nowMillis);
        }
    }

    private Sensor sensor(String name, long nowMillis) {
        return sensors.computeIfAbsent(name, _ -> {
            var made = new Sensor();
            made.heardMillis = nowMillis;
            return made;
        });
    }

    /** Takes note of a message. */
    Outcome take(DigestHead message, long nowMillis) {
        if (sensors.size() >= MOST_SENSORS && !sensors.containsKey(message.sensor())) {
            return Outcome.REFUSED;
        }
        Sensor sensor = sensor(message.sensor(), nowMillis);
        sensor.heardMillis = nowMillis;
        Run run = sensor.runs.get(message.run());
        if (run != null && message.sequence() <= run.sequence) {
            return Outcome.DOUBLE;
        }
        boolean begun = run != null;
        if (run == null) {
            run = new Run();
            if (sensor.runs.size() == MOST_RUNS) {
                sensor.runs.remove(sensor.runs.keySet().iterator().next());
            }
            sensor.runs.put(message.run(), run);
        }
        // A run that was begun before the job's first message has lost nothing.
        boolean lost = message.sequence() > run.sequence + 1 && begun;
        lostMessages = lost ? message.sequence() - run.sequence - 1 : 0;
        lostPackets = lost ? Math.max(0, message.before() - run.packets) : 0;
        run.sequence = message.sequence();
        run.packets = message.before() + message.packets();
        sensor.clock = Math.max(sensor.clock, message.clock());
        sensor.ended = message.last();
        return lost ? Outcome.AFTER_LOSS : Outcome.NEXT;
    }

    /** How many messages were missing before the one that was taken last. */
    long lostMessages() {
        return lostMessages;
    }

    /** How many packets these had. */
    long lostPackets() {
        return lostPackets;
    }

    /** Nothing that is not late will come from then or before; {@link Long#MIN_VALUE} where nothing can be said. */
    long until() {
        long slowest = Long.MAX_VALUE, furthest = Long.MIN_VALUE;
        long latest = Long.MIN_VALUE;
        for (Sensor each : sensors.values()) {
            latest = each.ended ? latest : Math.max(latest, each.heardMillis);
        }
        for (Sensor each : sensors.values()) {
            // brokers that are away silence all, and then time stands still
            boolean silent =
                    times.idleMillis() != TopicOptions.NEVER && latest - each.heardMillis >= times.idleMillis();
            if (!each.ended && !silent) {
                slowest = Math.min(slowest, each.clock);
            }
            furthest = Math.max(furthest, each.clock);
        }
        long decides = slowest == Long.MAX_VALUE ? furthest : slowest;
        return decides == Long.MIN_VALUE ? decides : decides - times.outOfOrderNanos() - 1;
    }

    int size() {
        return sensors.size();
    }

    /** Big-endian: sensors i32, each name (UTF), clock i64, ended u8, runs u16, each name (UTF), sequence i64, packets i64. */
    void write(DataOutputStream out) throws IOException {
        out.writeInt(sensors.size());
        for (Map.Entry<String, Sensor> each : sensors.entrySet()) {
            Sensor sensor = each.getValue();
            out.writeUTF(each.getKey());
            out.writeLong(sensor.clock);
            out.writeBoolean(sensor.ended);
            out.writeShort(sensor.runs.size());
            for (Map.Entry<String, Run> run : sensor.runs.entrySet()) {
                out.writeUTF(run.getKey());
                out.writeLong(run.getValue().sequence);
                out.writeLong(run.getValue().packets);
            }
        }
    }

    /** Takes up what {@link #write} has written, of one lane or of several, which were all as far. */
    void read(DataInputStream in, long nowMillis) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            Sensor sensor = sensor(in.readUTF(), nowMillis);
            sensor.clock = Math.max(sensor.clock, in.readLong());
            sensor.ended = in.readBoolean();
            for (int runs = in.readUnsignedShort(); runs > 0; runs--) {
                Run run = sensor.runs.computeIfAbsent(in.readUTF(), _ -> new Run());
                run.sequence = in.readLong();
                run.packets = in.readLong();
            }
        }
    }
}
