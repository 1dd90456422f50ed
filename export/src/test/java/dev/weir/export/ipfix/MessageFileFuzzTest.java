package dev.weir.export.ipfix;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.export.CsvSink;
import dev.weir.wire.CaptureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * A file of any octets, plain or gzip, holds messages or is damaged at a place that is named; a file of messages whose heads are right is read to its end, each
 * of them once. {@code ./fuzz 60 MessageFileFuzzTest} searches.
 */
class MessageFileFuzzTest {
    private static final int V5_HEADER = 24, V5_RECORD = 48, IPFIX_HEADER = 16;

    @FuzzTest
    void anyFile_isReadOrDamagedSomewhere(byte[] octets) throws IOException {
        boolean packed = octets.length > 0 && (octets[0] == 0x1F || octets[0] == 0x28); // may hold any number
        read(octets, packed ? Integer.MAX_VALUE : octets.length, -1);
        read(gzip(octets), octets.length, -1);
    }

    @FuzzTest
    void messagesOneAfterTheOther_areReadEachOnce(FuzzedDataProvider data) throws IOException {
        var file = new ByteArrayOutputStream();
        int messages = 0;
        while (data.remainingBytes() > 0) {
            file.writeBytes(data.consumeBoolean() ? ipfix(data) : v5(data));
            messages++;
        }
        byte[] octets = file.toByteArray();
        read(data.consumeBoolean() ? gzip(octets) : octets, octets.length, messages);
    }

    private static byte[] ipfix(FuzzedDataProvider data) {
        byte[] body = data.consumeBytes(data.consumeInt(0, 400));
        byte[] message = new byte[IPFIX_HEADER + body.length];
        message[1] = 10;
        message[2] = (byte) (message.length >>> 8);
        message[3] = (byte) message.length;
        message[15] = data.consumeByte();
        System.arraycopy(body, 0, message, IPFIX_HEADER, body.length);
        return message;
    }

    private static byte[] v5(FuzzedDataProvider data) {
        int records = data.consumeInt(0, 30);
        byte[] message = new byte[V5_HEADER + records * V5_RECORD];
        byte[] filled = data.consumeBytes(message.length);
        System.arraycopy(filled, 0, message, 0, filled.length);
        message[0] = 0;
        message[1] = 5;
        message[2] = 0;
        message[3] = (byte) records;
        return message;
    }

    /** @param wanted messages that there are; -1 for any number, and perhaps damage */
    private static void read(byte[] stored, int octets, int wanted) throws IOException {
        Path file = Files.createTempFile("weir-fuzz", ".ipfix");
        try (CsvSink sink = CsvSink.ofRecords(OutputStream.nullOutputStream(), () -> 9)) {
            Files.write(file, stored);
            MessageFile.recognises(file.toString());
            var reader = new MessageReader(sink);
            int messages = 0;
            try (MessageFile opened = MessageFile.open(file.toString())) {
                while (opened.read(reader)) {
                    messages++;
                    check(messages <= octets / IPFIX_HEADER, "more messages than there is room for");
                }
                check(!opened.read(reader), "an end that is none");
            } catch (CaptureException e) {
                check(wanted < 0, "damaged: " + e.getMessage());
                check(String.valueOf(e.getMessage()).contains(file.toString()), "no place: " + e.getMessage());
            }
            check(wanted < 0 || messages == wanted, messages + " messages of " + wanted);
            check(reader.counters().messages() <= messages, "messages that are none");
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] gzip(byte[] octets) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(octets);
        }
        return packed.toByteArray();
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
