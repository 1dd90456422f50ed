package dev.weir.server.p4runtime;

import static dev.weir.server.p4runtime.P4RuntimeRig.hex;
import static dev.weir.server.p4runtime.P4RuntimeRig.request;
import static dev.weir.server.p4runtime.P4RuntimeRig.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.DigestEntry;
import dev.weir.api.p4.v1.DigestListAck;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.PacketMetadata;
import dev.weir.api.p4.v1.PacketOut;
import dev.weir.api.p4.v1.StreamMessageRequest;
import dev.weir.api.p4.v1.StreamMessageResponse;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.v1.EntryEvent;
import dev.weir.api.v1.EntryEvents;
import dev.weir.api.v1.WatchEntries;
import org.junit.jupiter.api.Test;

/** What comes and goes by the stream of a controller. */
final class P4RuntimeStreamTest extends P4RuntimeCalls {
    @Test
    void digests_comeInListsOnceUntilAcknowledged() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            int digest = rig.info.getDigests(0).getPreamble().getId();
            rig.write(
                    5,
                    Update.newBuilder()
                            .setType(Update.Type.INSERT)
                            .setEntity(Entity.newBuilder()
                                    .setDigestEntry(DigestEntry.newBuilder()
                                            .setDigestId(digest)
                                            .setConfig(DigestEntry.Config.newBuilder()
                                                    .setMaxListSize(1)
                                                    .setAckTimeoutNs(60_000_000_000L))))
                            .build());
            rig.frame(A, B, 0x9004);
            rig.frame(A, B, 0x9004);
            rig.frame(A, C, 0x9004);
            var first = controller.await(StreamMessageResponse::hasDigest).getDigest();
            controller.await(told -> told.hasDigest() && told.getDigest().getListId() != first.getListId());
            assertThat(controller.told().stream().filter(StreamMessageResponse::hasDigest))
                    .extracting(told -> told.getDigest()
                            .getData(0)
                            .getStruct()
                            .getMembers(0)
                            .getBitstring())
                    .containsExactly(hex(B), hex(C));
            controller.send(StreamMessageRequest.newBuilder()
                    .setDigestAck(DigestListAck.newBuilder().setDigestId(digest).setListId(first.getListId()))
                    .build());
            controller.send(StreamMessageRequest.newBuilder()
                    .setDigestAck(DigestListAck.newBuilder().setDigestId(1))
                    .build());
            controller.await(StreamMessageResponse::hasError);
            rig.frame(A, B, 0x9004);
            controller.await(told -> told.hasDigest() && told.getDigest().getListId() == first.getListId() + 2);
        }
    }

    @Test
    void frames_forTheController_comeWithTheirHeader() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            rig.frame(A, B, 0x9003);
            var in = controller.await(StreamMessageResponse::hasPacket).getPacket();
            assertThat(in.getPayload()).isEqualTo(hex(A + B + "9003" + "00".repeat(46)));
            assertThat(in.getMetadataList())
                    .containsExactly(
                            PacketMetadata.newBuilder()
                                    .setMetadataId(1)
                                    .setValue(hex("00"))
                                    .build(),
                            PacketMetadata.newBuilder()
                                    .setMetadataId(2)
                                    .setValue(hex("07"))
                                    .build());
        }
    }

    @Test
    void packets_ofTheController_leaveByThePortOfTheirHeader() {
        try (TestController controller = rig.controller(5);
                TestController backup = new TestController(rig, "")) {
            rig.run(5);
            backup.arbitrate(4);
            PacketOut.Builder out = PacketOut.newBuilder()
                    .setPayload(hex(A + B + "0800" + "00".repeat(46)))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(1).setValue(hex("01")))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(2).setValue(hex("00")))
                    .addMetadata(PacketMetadata.newBuilder().setMetadataId(3).setValue(hex("01")));
            controller.send(out.build());
            assertThat(rig.sent(1, 1)).containsExactly(A + B + "0800" + "00".repeat(46));
            controller.send(out.removeMetadata(0).build());
            assertThat(controller
                            .await(StreamMessageResponse::hasError)
                            .getError()
                            .getCanonicalCode())
                    .isEqualTo(Code.INVALID_ARGUMENT_VALUE);
            backup.send(out.build());
            assertThat(backup.await(StreamMessageResponse::hasError).getError().getCanonicalCode())
                    .isEqualTo(Code.PERMISSION_DENIED_VALUE);
        }
    }

    @Test
    void idleEntry_isToldToThePrimaryAndStays() {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            rig.write(
                    5,
                    update(
                            Update.Type.INSERT,
                            rig.host(A).setAction(rig.call("drop")).setIdleTimeoutNs(50_000_000)));
            for (int i = 0; i < 20; i++) rig.flow();
            var told = controller
                    .await(StreamMessageResponse::hasIdleTimeoutNotification)
                    .getIdleTimeoutNotification();
            assertThat(told.getTableEntry(0).getMatchList())
                    .isEqualTo(rig.host(A).getMatchList());
            assertThat(told.getTableEntry(0).getIdleTimeoutNs()).isEqualTo(50_000_000);
            assertThat(rig.entries(rig.host(A))).hasSize(1);
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.INSERT,
                                    TableEntry.newBuilder()
                                            .setTableId(rig.table("fixed"))
                                            .setIdleTimeoutNs(1)))))
                    .containsExactly(Code.PERMISSION_DENIED);
            assertThat(codes(request(
                            5,
                            update(
                                    Update.Type.INSERT,
                                    rule(1).setAction(rig.call("drop")).setIdleTimeoutNs(1)))))
                    .containsExactly(Code.INVALID_ARGUMENT);
        }
    }

    @Test
    void entries_areToldOf_toThoseWhoWatch() throws InvalidProtocolBufferException {
        try (TestController controller = rig.controller(5)) {
            rig.run(5);
            controller.other(WatchEntries.newBuilder().setAllAuthors(true).build());
            controller.other(com.google.protobuf.Empty.getDefaultInstance());
            controller.await(StreamMessageResponse::hasError); // what was sent before it is in force
            rig.write(5, insert(A, "01"));
            EntryEvents events =
                    controller.await(StreamMessageResponse::hasOther).getOther().unpack(EntryEvents.class);
            assertThat(events.getEvents(0).getKind()).isEqualTo(EntryEvent.Kind.CREATED);
            assertThat(events.getEvents(0).getAuthor()).isEqualTo(EntryEvent.Author.CONTROLLER);
            assertThat(events.getEvents(0).getEntry().getMatchList())
                    .isEqualTo(rig.host(A).getMatchList());
        }
    }
}
