package dev.weir.export.message;

import com.google.protobuf.WireFormat;
import dev.weir.api.v1.Feature;
import dev.weir.api.v1.SensorEvent;
import dev.weir.export.FeatureColumn;
import dev.weir.export.FeatureColumns;
import dev.weir.table.FlowRecord;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Messages in protobuf's binary form. One thread; allocates the message alone. */
final class ProtobufEncoder implements MessageEncoder {
    /** No feature that is not a list takes more beside its name, nor does a number of a list. */
    private static final int MAX_FEATURE = 512, MAX_NUMBER = 10;

    private final FlowEncoder out = new FlowEncoder();
    private final byte[] sensor, run;
    private final FeatureColumn[] columns;
    private final byte[][] labels;
    private final FeatureValues values;
    private final int most;

    ProtobufEncoder(String sensor, String run, FeatureSet features) {
        this.sensor = sensor.getBytes(StandardCharsets.US_ASCII);
        this.run = run.getBytes(StandardCharsets.US_ASCII);
        this.columns = FeatureColumns.of(features).toArray(new FeatureColumn[0]);
        this.labels = Arrays.stream(columns)
                .map(column -> column.label().getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        this.values = new FeatureValues(features);
        this.most = MAX_FEATURE + MAX_NUMBER * features.firstPackets();
    }

    @Override
    public byte[] encode(long sequence, FlowRecord event) {
        out.clear();
        out.room(FlowEncoder.MAX_EVENT + sensor.length + run.length + 16);
        out.octets(SensorEvent.SENSOR_FIELD_NUMBER, sensor);
        out.octets(SensorEvent.RUN_FIELD_NUMBER, run);
        int from = out.open(SensorEvent.EVENT_FIELD_NUMBER);
        out.eventFields(sequence, event);
        out.close(from);
        if (columns.length > 0) {
            values.wrap(event.segment(), event.offset() + FlowRecord.SIZE);
            for (int i = 0; i < columns.length; i++) {
                feature(columns[i], labels[i]);
            }
        }
        return Arrays.copyOf(out.array(), out.size());
    }

    private void feature(FeatureColumn column, byte[] label) {
        out.room(most + label.length);
        int from = out.open(SensorEvent.FEATURES_FIELD_NUMBER);
        out.octets(Feature.NAME_FIELD_NUMBER, label);
        switch (column.kind()) {
            case INTEGER -> {
                out.tag(Feature.INTEGER_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
                out.varint(column.integer(values));
            }
            case DECIMAL -> {
                out.tag(Feature.DECIMAL_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
                out.fixed64(Double.doubleToRawLongBits(column.decimal(values)));
            }
            case INTEGERS -> integers(column);
            case DECIMALS -> decimals(column);
            case TEXT -> text(column);
        }
        out.close(from);
    }

    /** Lists are packed; what is empty is not there. */
    private void integers(FeatureColumn column) {
        int list = out.open(Feature.INTEGERS_FIELD_NUMBER), size = column.size(values);
        if (size > 0) {
            int numbers = out.open(dev.weir.api.v1.Integers.VALUES_FIELD_NUMBER);
            for (int i = 0; i < size; i++) {
                out.varint(column.integer(values, i));
            }
            out.close(numbers);
        }
        out.close(list);
    }

    private void decimals(FeatureColumn column) {
        int list = out.open(Feature.DECIMALS_FIELD_NUMBER), size = column.size(values);
        if (size > 0) {
            int numbers = out.open(dev.weir.api.v1.Decimals.VALUES_FIELD_NUMBER);
            for (int i = 0; i < size; i++) {
                out.fixed64(Double.doubleToRawLongBits(column.decimal(values, i)));
            }
            out.close(numbers);
        }
        out.close(list);
    }

    private void text(FeatureColumn column) {
        int text = out.open(Feature.TEXT_FIELD_NUMBER);
        for (int i = 0; i < column.size(values); i++) {
            out.letter((int) column.integer(values, i));
        }
        out.close(text);
    }
}
