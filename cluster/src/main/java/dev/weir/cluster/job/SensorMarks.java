package dev.weir.cluster.job;

import dev.weir.cluster.job.TopicOptions.SensorTimes;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;

/**
 * The watermarks of a partition that has messages of several sensors, in nanoseconds: it is as far as the slowest sensor that is waited for, which is one
 * that was named or heard of and not silent for too long. A partition where all are silent holds no other back. Sensors beyond
 * {@link SensorClocks#MOST_SENSORS} are not waited for. One thread.
 */
final class SensorMarks implements WatermarkGenerator<byte[]> {
    /** A partition without any sensor, and without any that was named, is silent after that. */
    private static final long QUIET_MILLIS = 2000;

    private static final class Sensor {
        long time = Long.MIN_VALUE;
        long heardMillis;
    }

    private final SensorTimes times;
    private final boolean bounded;
    private final LongSupplier millis;
    private final Map<String, Sensor> sensors = new TreeMap<>();
    private final long begun;
    private long mark = Long.MIN_VALUE;

    /**
     * @param bounded whether the job ends by itself: then nobody is silent for good, and what waits for others comes out at the end. A reader that
     *     is through has the last watermark of all, which would pass for everybody's while the others are idle
     * @param millis a clock on the wall
     */
    SensorMarks(SensorTimes times, boolean bounded, LongSupplier millis) {
        this.times = times;
        this.bounded = bounded;
        this.millis = millis;
        this.begun = millis.getAsLong();
        for (String each : times.sensors()) {
            sensor(each);
        }
    }

    private Sensor sensor(String name) {
        return sensors.computeIfAbsent(name, _ -> {
            var made = new Sensor();
            made.heardMillis = millis.getAsLong();
            return made;
        });
    }

    @Override
    public void onEvent(byte[] sighting, long time, WatermarkOutput output) {
        String name = Sighting.sensor(sighting);
        if (!name.isEmpty() && (sensors.size() < SensorClocks.MOST_SENSORS || sensors.containsKey(name))) {
            Sensor sensor = sensor(name);
            sensor.time = Math.max(sensor.time, time);
            sensor.heardMillis = millis.getAsLong();
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        long now = millis.getAsLong();
        if (sensors.isEmpty()) {
            if (!bounded && now - begun >= QUIET_MILLIS) {
                output.markIdle();
            }
            return;
        }
        long slowest = Long.MAX_VALUE;
        for (Sensor each : sensors.values()) {
            if (bounded || times.idleMillis() == TopicOptions.NEVER || now - each.heardMillis < times.idleMillis()) {
                slowest = Math.min(slowest, each.time);
            }
        }
        if (slowest == Long.MAX_VALUE) {
            output.markIdle();
        } else if (slowest != Long.MIN_VALUE) {
            mark = Math.max(mark, slowest - times.outOfOrderNanos() - 1);
            output.emitWatermark(new Watermark(mark));
        }
    }
}
