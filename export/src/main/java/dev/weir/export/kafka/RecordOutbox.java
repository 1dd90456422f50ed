package dev.weir.export.kafka;

import dev.weir.export.RecordBuffer;
import dev.weir.export.message.MessageEncoder;

/** Records that wait, each a message. Becomes octets when it is asked for. */
final class RecordOutbox implements Outbox {
    private final RecordBuffer buffer;
    private final MessageEncoder encoder;
    private final MessageKey keys = new MessageKey();

    RecordOutbox(RecordBuffer buffer, MessageEncoder encoder) {
        this.buffer = buffer;
        this.encoder = encoder;
    }

    @Override
    public int size() {
        return buffer.size();
    }

    @Override
    public long waiting() {
        return buffer.size();
    }

    @Override
    public long number(int ahead) {
        return buffer.tag(ahead);
    }

    @Override
    public int records(int ahead) {
        return 1;
    }

    @Override
    public byte[] key(int ahead) {
        return keys.of(buffer.peek(ahead));
    }

    @Override
    public byte[] message(int ahead) {
        return encoder.encode(buffer.tag(ahead), buffer.peek(ahead));
    }

    @Override
    public void release(int count) {
        buffer.release(count);
    }

    @Override
    public void await(int ahead, long nanos) {
        buffer.await(ahead, nanos);
    }

    @Override
    public void wake() {
        buffer.wake();
    }
}
